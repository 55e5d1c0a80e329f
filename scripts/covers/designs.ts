/**
 * What prebuilt covers look like: a handful of designs, drawn as SVG around lettering. Ornaments are hills, rays, waves,
 * lattice and seals; the emblems of state and party are not ornaments, their use is regulated.
 */

/** Colours of a design; `ornament` draws behind the lettering on a canvas of `w` × `h`. */
export interface Design {
  paper: string;
  ink: string;
  /** Rules, frames and the small line. */
  fine: string;
  ornament(w: number, h: number): string;
}

/** Layered hills along the foot: a grassland's skyline. `tones` from far to near. */
function hills(w: number, h: number, tones: readonly string[]): string {
  return tones
    .map((tone, i) => {
      const top = h * (0.8 + i * 0.07);
      const step = w / (w > h ? 3 + i : 2 + i);
      const swell = Math.min(h * (0.1 - i * 0.02), step * 0.16);
      let path = `M${-step * (0.3 + i * 0.35)} ${top}`;
      for (let x = -step * (0.3 + i * 0.35), n = 0; x < w + step; x += step, n++)
        path += ` q${step / 2} ${n % 2 === 0 ? -swell * 2 : swell * 1.2} ${step} 0`;
      return `<path d="${path} V${h + 40} H${-w} Z" fill="${tone}"/>`;
    })
    .join("");
}

/** Rays from a point below the foot. */
function rays(w: number, h: number, tone: string, count = 36): string {
  const [x, y, r] = [w / 2, h * 1.12, Math.hypot(w, h)];
  const wedge = (i: number) => {
    const [a, b] = [i, i + 0.5].map((n) => Math.PI + (n * Math.PI) / (count / 2));
    const point = (angle: number) => `${(x + r * Math.cos(angle)).toFixed(1)} ${(y + r * Math.sin(angle)).toFixed(1)}`;
    return `M${x} ${y} L${point(a!)} L${point(b!)} Z`;
  };
  return `<path d="${Array.from({ length: count / 2 }, (_, i) => wedge(i)).join(" ")}" fill="${tone}"/>`;
}

/** Wave scales 海水纹 along the foot, `rows` high. */
function waves(w: number, h: number, tone: string, rows = 3): string {
  const r = h / 11;
  let scales = "";
  for (let row = 0; row < rows; row++)
    for (let x = w / 2 - Math.ceil(w / 2 / (2 * r) + 1) * 2 * r + (row % 2) * r; x < w + 2 * r; x += 2 * r)
      for (const k of [1, 0.72, 0.44])
        scales += `<circle cx="${x.toFixed(1)}" cy="${(h - (rows - 1 - row) * r * 0.5 + r * 0.55).toFixed(1)}" r="${(r * k).toFixed(1)}"/>`;
  return `<g fill="none" stroke="${tone}" stroke-width="1.6">${scales}</g>`;
}

/** Window lattice 窗棂 in the corners. */
function lattice(w: number, h: number, tone: string): string {
  const s = h / (w > h ? 3.4 : 5.2);
  const corner = `<path d="M0 ${s} V0 H${s} M0 ${s * 0.72} H${s * 0.28} V${s * 0.28} H${s * 0.72} V0 M${s * 0.28} ${s * 0.28} H0 M${s * 0.28} ${s * 0.28} V0 M${s * 0.28} ${s * 0.5} H${s * 0.5} V${s * 0.28}"/>`;
  const m = h * 0.07;
  const at = [
    `translate(${m} ${m})`,
    `translate(${w - m} ${m}) scale(-1 1)`,
    `translate(${m} ${h - m}) scale(1 -1)`,
    `translate(${w - m} ${h - m}) scale(-1 -1)`,
  ];
  return `<g fill="none" stroke="${tone}" stroke-width="2">${at.map((t) => `<g transform="${t}">${corner}</g>`).join("")}</g>`;
}

/** Wind turbines, each `[x, y, height]` in parts of the canvas' height from its centre. */
function turbines(w: number, h: number, tone: string, places: readonly (readonly [number, number, number])[]): string {
  const one = ([dx, dy, size]: readonly [number, number, number], i: number) => {
    const [x, y, s] = [w / 2 + dx * h, dy * h, size * h];
    const blade = `<path d="M0 0 C${s * 0.05} ${-s * 0.12} ${s * 0.035} ${-s * 0.35} 0 ${-s * 0.55} C${-s * 0.02} ${-s * 0.35} ${-s * 0.02} ${-s * 0.12} 0 0Z"/>`;
    return (
      `<g transform="translate(${x} ${y})"><path d="M${-s * 0.014} 0 L${s * 0.014} 0 L${s * 0.026} ${s} L${-s * 0.026} ${s} Z"/>` +
      [0, 120, 240].map((deg) => `<g transform="rotate(${deg + 18 + i * 25})">${blade}</g>`).join("") +
      `<circle r="${s * 0.035}"/></g>`
    );
  };
  return `<g fill="${tone}">${places.map(one).join("")}</g>`;
}

/** Ears of grain on both sides of the lettering. */
function grain(w: number, h: number, tone: string): string {
  const wide = w > h;
  const s = wide ? h : h * 0.6;
  const husk = `d="M0 0 C${s * 0.028} ${-s * 0.03} ${s * 0.028} ${-s * 0.08} 0 ${-s * 0.115} C${-s * 0.028} ${-s * 0.08} ${-s * 0.028} ${-s * 0.03} 0 0Z"`;
  const pair = (i: number) =>
    [-1, 1]
      .map((side) => `<path transform="translate(${side * 2} ${-i * s * 0.062}) rotate(${side * 32})" ${husk}/>`)
      .join("");
  const ear =
    Array.from({ length: 6 }, (_, i) => pair(i)).join("") +
    `<path transform="translate(0 ${-6 * s * 0.062})" ${husk}/><path d="M-1.5 0 L1.5 0 L2 ${s * 0.4} L-2 ${s * 0.4} Z"/>`;
  const places = wide ? [h * 0.82, h * 1.1] : [w * 0.4];
  const at = (x: number, i: number, flip: number) =>
    `<g transform="translate(${w / 2 + flip * x} ${h * (wide ? 0.66 + i * 0.07 : 0.84)}) scale(${-flip} 1) rotate(-10)">${ear}</g>`;
  return `<g fill="${tone}">${places.map((x, i) => at(x, i, -1) + at(x, i, 1)).join("")}</g>`;
}

/** Interlocked lozenges 方胜 in the middle, where a cover bears no name. */
export function lozenges(w: number, h: number, tone: string): string {
  const r = Math.min(w, h) * 0.2;
  const lozenge = (x: number, size: number) =>
    `<path d="M${x - size} 0 L${x} ${-size} L${x + size} 0 L${x} ${size} Z"/>`;
  const pair = (size: number) => lozenge(-r / 2, size) + lozenge(r / 2, size);
  return `<g transform="translate(${w / 2} ${h * 0.46})" fill="none" stroke="${tone}" stroke-width="2.5">${pair(r)}${pair(r * 0.84)}</g>`;
}

const glow = (w: number, h: number, tone: string, strength = 0.5): string =>
  `<radialGradient id="glow" cx="50%" cy="42%" r="75%"><stop offset="0" stop-color="${tone}" stop-opacity="${strength}"/><stop offset="1" stop-color="${tone}" stop-opacity="0"/></radialGradient><rect width="${w}" height="${h}" fill="url(#glow)"/>`;

/** The designs by name. A column without one of its own takes them in turn. */
export const DESIGNS = {
  /** Government red, for what the committee itself says. */
  red: {
    paper: "#a8121a",
    ink: "#fff3d6",
    fine: "#f0cf8c",
    ornament: (w, h) =>
      glow(w, h, "#e03a2c", 0.75) + rays(w, h, "rgba(255,214,140,.07)") + waves(w, h, "rgba(255,214,140,.34)"),
  },
  /** Warm paper and ink, for what is read slowly. */
  paper: {
    paper: "#f6efe1",
    ink: "#2a2320",
    fine: "#a8332a",
    ornament: (w, h) => glow(w, h, "#ffffff", 0.7) + lattice(w, h, "rgba(168,51,42,.42)"),
  },
  /** Hills in green, for the villages. */
  green: {
    paper: "#dfeadb",
    ink: "#173f30",
    fine: "#2f7a58",
    ornament: (w, h) =>
      glow(w, h, "#ffffff", 0.85) +
      turbines(w, h, "rgba(47,122,88,.34)", [
        [-0.93, 0.34, 0.52],
        [-0.68, 0.5, 0.36],
        [0.93, 0.4, 0.46],
      ]) +
      hills(w, h, ["#b4d3b4", "#83b792", "#4b9170"]),
  },
  /** Ripe fields, for harvests and people. */
  wheat: {
    paper: "#f5e3b8",
    ink: "#5a2d0c",
    fine: "#a4621a",
    ornament: (w, h) =>
      glow(w, h, "#fffaf0", 0.85) +
      grain(w, h, "rgba(190,124,30,.42)") +
      hills(w, h, ["rgba(235,196,116,.5)", "rgba(226,178,86,.6)", "rgba(201,143,48,.6)"]),
  },
  /** Deep blue, for rules and questions. */
  blue: {
    paper: "#173a63",
    ink: "#f4f8ff",
    fine: "#a9cdf2",
    ornament: (w, h) => glow(w, h, "#3f7cc0", 0.6) + waves(w, h, "rgba(169,205,242,.32)", 4),
  },
  /** Pale sky over the grassland, for young and new things. */
  sky: {
    paper: "#d8e9f5",
    ink: "#16405f",
    fine: "#2f7fb0",
    ornament: (w, h) =>
      glow(w, h, "#ffffff", 0.9) +
      turbines(w, h, "rgba(47,127,176,.3)", [
        [0.75, 0.32, 0.5],
        [1.02, 0.46, 0.34],
        [-0.98, 0.42, 0.4],
      ]) +
      hills(w, h, ["#b9d7e8", "#9ecbb9", "#6fae94"]),
  },
} as const satisfies Record<string, Design>;

export type DesignName = keyof typeof DESIGNS;
