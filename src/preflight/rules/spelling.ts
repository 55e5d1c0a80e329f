/** One thing written two ways: a person's name, a title with and without 副, the name of a document. */
import { type Context, onLine, type Rule } from "../context.ts";
import type { Line } from "../reading.ts";
import type { Finding } from "../types.ts";
import { AFTER_NAME, SURNAMES, TITLES } from "../words.ts";

/** So many different names of a kind are compared at most. */
const MOST = 200;

interface Said {
  name: string;
  title: string;
  line: Line;
  at: number;
}

const TITLE = new RegExp(`副?(?:${TITLES.join("|")})`, "g");
const HAN = /\p{Script=Han}/u;

/** The name that begins at `at`: a surname and one or two characters; "" if it is none, or nobody can tell where it ends. */
function nameAt(text: string, at: number): string {
  const run = text.slice(at, at + 4);
  if (!SURNAMES.has(run[0] ?? "") || !HAN.test(run[1] ?? "") || AFTER_NAME.has(run[1]!)) return "";
  const third = run[2] ?? "";
  if (third === "" || !HAN.test(third) || AFTER_NAME.has(third)) return run.slice(0, 2);
  const fourth = run[3] ?? "";
  return fourth === "" || !HAN.test(fourth) || AFTER_NAME.has(fourth) ? run.slice(0, 3) : "";
}

function peopleIn(c: Context): Said[] {
  return c.lines.flatMap((line) =>
    [...line.text.matchAll(TITLE)].flatMap((match) => {
      const at = match.index + match[0].length + (line.text[match.index + match[0].length] === " " ? 1 : 0);
      const name = nameAt(line.text, at);
      return name === "" ? [] : [{ name, title: match[0], line, at }];
    }),
  );
}

/** At how many places two texts of one length differ. */
const differing = (a: string, b: string): number[] => [...a].flatMap((unit, i) => (unit === b[i] ? [] : [i]));

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else if (groups.size < MOST) groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** The pairs of groups, the one that is said more often, or first, before the other. */
function* pairsOf<T>(groups: Map<string, T[]>): Iterable<[T[], T[]]> {
  const lists = [...groups.values()];
  for (const [i, a] of lists.entries())
    for (const b of lists.slice(i + 1)) yield a.length >= b.length ? [a, b] : [b, a];
}

/** 霍秀成 and 霍秀城, both called 书记: three characters, one of them another. Shorter names are too often two people's. */
function* names(c: Context, people: readonly Said[]): Iterable<Finding> {
  for (const [many, few] of pairsOf(
    grouped(
      people.filter(({ name }) => name.length === 3),
      ({ name }) => name,
    ),
  )) {
    const [a, b] = [many[0]!, few[0]!];
    if (
      a.title !== b.title ||
      a.title.startsWith("副") ||
      differing(a.name, b.name).length !== 1 ||
      a.name[0] !== b.name[0]
    )
      continue;
    if (/记者|通讯员|会计|负责人/.test(a.title)) continue;
    const message = `同为${a.title}，前文写作“${a.name}”，这里写作“${b.name}”。请核对姓名是否有误。`;
    yield onLine(
      c,
      b.line,
      [b.at, b.at + b.name.length],
      "name-spelling",
      many.length > few.length ? "warning" : "hint",
      message,
    );
  }
}

/** 副主任李四 and 主任李四. */
function* titles(c: Context, people: readonly Said[]): Iterable<Finding> {
  for (const said of grouped(people, ({ name }) => name).values()) {
    const deputy = said.find(({ title }) => title.startsWith("副"));
    const full = deputy && said.find(({ title }) => title === deputy.title.slice(1));
    if (!deputy || !full) continue;
    const message = `“${full.name}”在文中既称“${deputy.title}”又称“${full.title}”。请核对职务。`;
    yield onLine(
      c,
      full.line,
      [full.at - full.title.length, full.at + full.name.length].map((n) => Math.max(0, n)) as [number, number],
      "title-spelling",
      "hint",
      message,
    );
  }
}

const WORK = /《([^《》\n]{4,40})》/g;
/** Where works of a series differ. */
const SERIAL = /[\d一二三四五六七八九十百甲乙丙丁上中下前后续①-⑳]/;

/** 《A》 and 《B》 that differ by a character: the same work, misspelt once. */
function* works(c: Context): Iterable<Finding> {
  const said = c.lines.flatMap((line) =>
    [...line.text.matchAll(WORK)].map((match) => ({ name: match[1]!, line, at: match.index + 1 })),
  );
  for (const [many, few] of pairsOf(grouped(said, ({ name }) => name))) {
    const [a, b] = [many[0]!, few[0]!];
    if (!nearlySame(a.name, b.name)) continue;
    const message = `书名号里的名称写法不一：“${a.name}”与“${b.name}”。请核对全称并统一。`;
    yield onLine(c, b.line, [b.at, b.at + b.name.length], "work-spelling", "warning", message);
  }
}

/** Differ by one character, written otherwise or left out, that is no number of a series. */
function nearlySame(a: string, b: string): boolean {
  if (a.length === b.length) {
    const [at, ...more] = differing(a, b);
    return at !== undefined && more.length === 0 && !SERIAL.test(a[at]! + b[at]!);
  }
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  if (long.length !== short.length + 1) return false;
  const at = [...short].findIndex((unit, i) => unit !== long[i]);
  const gap = at < 0 ? short.length : at;
  return short.slice(gap) === long.slice(gap + 1) && !SERIAL.test(long[gap]!) && short.length >= 6;
}

/** Names and titles that are written in two ways. */
export const spelling: Rule = function* (c) {
  const people = peopleIn(c);
  yield* names(c, people);
  yield* titles(c, people);
  yield* works(c);
};
