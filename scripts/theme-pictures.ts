/** The drawings that stand for photographs in the themes' screenshots. */

const svg = (width: number, height: number, inner: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;

/** A lit greenhouse before dawn, snow around it. */
function shed(): string {
  const ribs = Array.from({ length: 9 }, (_, n) => {
    const x = 90 + n * 65;
    return `<path d="M${x} 330V${210 - Math.round(70 * Math.sin((Math.PI * (n + 0.5)) / 9))}" stroke="#c98a2e" stroke-width="3"/>`;
  });
  const rows = Array.from(
    { length: 14 },
    (_, n) => `<circle cx="${100 + n * 39}" cy="${312 - (n % 2) * 6}" r="13" fill="#4f8a4a"/>`,
  );
  const snow = Array.from({ length: 60 }, (_, n) => {
    const [x, y] = [(n * 137) % 700, (n * n * 53) % 300];
    return `<circle cx="${x}" cy="${y}" r="${1 + (n % 3)}" fill="#fff" opacity=".8"/>`;
  });
  return svg(
    700,
    394,
    `<rect width="700" height="394" fill="#2c3e57"/><path d="M0 250Q180 160 330 230T700 190V394H0Z" fill="#3d5272"/>` +
      `<path d="M60 340Q350 20 640 340Z" fill="#f3c56b"/><path d="M100 340Q350 80 600 340Z" fill="#fbe3a8"/>` +
      `${ribs.join("")}${rows.join("")}<path d="M0 330Q350 300 700 330V394H0Z" fill="#e9eef4"/>${snow.join("")}`,
  );
}

/** The village street in the morning. */
function morning(): string {
  const houses = Array.from({ length: 5 }, (_, n) => {
    const x = 30 + n * 140;
    return (
      `<path d="M${x} 290v-80l55-45 55 45v80z" fill="${["#d9a05b", "#c7795a", "#d8b26e", "#b96a52", "#cf9a63"][n]}"/>` +
      `<path d="M${x - 10} 212l65-54 65 54-8 10-57-46-57 46z" fill="#7a3b32"/><rect x="${x + 40}" y="235" width="30" height="30" fill="#fdf1cf"/>`
    );
  });
  return svg(
    700,
    394,
    `<rect width="700" height="394" fill="#f5d9b5"/><circle cx="560" cy="120" r="60" fill="#f2a25c"/>` +
      `<path d="M0 230Q200 150 420 210T700 170V394H0Z" fill="#9fb08a"/>${houses.join("")}<path d="M0 285H700V394H0Z" fill="#d6cbb5"/>`,
  );
}

/** What looks like a code and is none: nobody can be led anywhere by it. */
function code(): string {
  const size = 29;
  const finder = (x: number, y: number) =>
    `<path d="M${x} ${y}h7v7h-7z"/><path d="M${x + 1} ${y + 1}h5v5h-5z" fill="#fff"/><path d="M${x + 2} ${y + 2}h3v3h-3z"/>`;
  const inCorner = (x: number, y: number) => (x < 8 && y < 8) || (x > size - 9 && y < 8) || (x < 8 && y > size - 9);
  let dots = "";
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (!inCorner(x, y) && (x * x * 7 + y * y * 13 + x * y * 5) % 11 < 5) dots += `<path d="M${x} ${y}h1v1h-1z"/>`;
  const corners = finder(0, 0) + finder(size - 7, 0) + finder(0, size - 7);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="330" height="330" viewBox="-2 -2 33 33" shape-rendering="crispEdges"><path d="M-2-2h33v33h-33z" fill="#fff"/>${dots}${corners}</svg>`;
}

/** The drawing for an address of the article. */
export const picture = (path: string): string =>
  path === "/shed.jpg" ? shed() : path === "/video.jpg" ? morning() : code();
