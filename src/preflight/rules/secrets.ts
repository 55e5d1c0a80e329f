/** 保密关: numbers of private persons. All of every text is looked at, code and addresses too; no digit of them is repeated. */
import { type Context, NAMES, placeIn, type Rule } from "../context.ts";
import type { Mark } from "../reading.ts";
import type { Field, Finding, Severity } from "../types.ts";

const SEPARATOR = String.raw`[\s\u00a0\u200b-\u200d\u2060-]?`;
const ID = new RegExp(String.raw`(?<![\dA-Za-z])\d{6}${SEPARATOR}\d{8}${SEPARATOR}\d{3}[\dXx](?![\dA-Za-z])`, "g");
const BANK = new RegExp(String.raw`(?<![\dA-Za-z.])(?:\d{4}${SEPARATOR}){3,4}\d{1,7}(?![\dA-Za-z])`, "g");
const MOBILE = new RegExp(
  String.raw`(?<![\dA-Za-z])(?:\+?86${SEPARATOR})?1[3-9]\d${SEPARATOR}\d{4}${SEPARATOR}\d{4}(?![\dA-Za-z])`,
  "g",
);
const LANDLINE = /(?<![\d-])[（(]?0\d{2,3}[）)]?[-—\s]?[2-8]\d{6,7}(?![\d-])/g;

/** Full-width digits as plain ones: the same number of units. */
const plain = (text: string): string =>
  text.replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));

const digitsOf = (text: string): string => text.replace(/[^\dXx]/g, "").toUpperCase();

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Whether 18 characters are a resident's identity number: region, birth date and checksum (GB 11643-1999). */
function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(text) || !/^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/.test(text))
    return false;
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)];
  const born = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const real = Number.isFinite(born.getTime()) && born.toISOString().startsWith(`${year}-${month}-${day}`);
  if (!real || Number(year) < 1900 || Number(year) > 2099) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return "10X98765432"[sum % 11] === text[17];
}

/** Whether 16 to 19 digits are a bank card's: an issuer's first digits (ISO/IEC 7812) and the Luhn checksum. */
function isBankCard(text: string): boolean {
  if (!/^(?:62|60|81|9[0-9]|4|5[1-5]|2[2-7]|35)\d{14,17}$/.test(text) || text.length < 16 || text.length > 19)
    return false;
  const sum = [...text].toReversed().reduce((total, digit, i) => {
    const twice = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0 && !/^(\d)\1+$/.test(text);
}

interface Kind {
  rule: string;
  severity: Severity;
  shape: RegExp;
  is: (digits: string) => boolean;
  /** Addresses hold long numbers of their own. */
  inAddresses: boolean;
  say: (where: string) => string;
  key?: string;
}

const KINDS: readonly Kind[] = [
  {
    rule: "id-card",
    severity: "error",
    shape: ID,
    is: isIdNumber,
    inAddresses: true,
    say: (where) => `保密关：${where}里有身份证号码，不得公开。请删去，或只保留首尾几位。`,
    key: "id-card",
  },
  {
    rule: "bank-card",
    severity: "error",
    shape: BANK,
    is: isBankCard,
    inAddresses: false,
    say: (where) => `保密关：${where}里有银行卡号，不得公开。请删去，或只保留末四位。`,
    key: "bank-card",
  },
  {
    rule: "mobile",
    severity: "error",
    shape: MOBILE,
    is: () => true,
    inAddresses: false,
    say: (where) => `保密关：${where}里有手机号码。请确认本人同意公开，否则删去。`,
  },
  {
    rule: "landline",
    severity: "hint",
    shape: LANDLINE,
    is: () => true,
    inAddresses: false,
    say: (where) => `${where}里有座机号码。请确认是对外公开的办公电话。`,
  },
];

const overlaps = (a: Mark, b: Mark): boolean => a.from < b.to && b.from < a.to;

/** The characters of addresses in the body: of links and pictures, without their labels. */
function addressesIn(c: Context): Mark[] {
  return [...c.textOf("markdown").matchAll(/(?:https?:\/\/|\]\()[^\s)（）\u4e00-\u9fff]+|\/media\/\S+/g)].map(
    (match) => ({
      from: match.index,
      to: match.index + match[0].length,
    }),
  );
}

/** `138****78`: the digits but the first three and the last two as asterisks. */
export function mask(text: string): string {
  const digits = text.replace(/[^\dXx\uff10-\uff19]/g, "").length;
  let seen = 0;
  return text.replace(/[\dXx\uff10-\uff19]/g, (digit) => (++seen <= 3 || seen > digits - 2 ? digit : "*"));
}

/** Numbers of persons and accounts. */
export const secrets: Rule = function* (c): Generator<Finding> {
  const addresses = addressesIn(c);
  for (const field of [
    "title",
    "digest",
    "author",
    "source",
    "captions",
    "markdown",
  ] as const satisfies readonly Field[]) {
    const text = plain(c.textOf(field));
    const taken: Mark[] = [];
    for (const kind of KINDS)
      for (const match of text.matchAll(kind.shape)) {
        const mark = { from: match.index, to: match.index + match[0].length };
        if (taken.some((other) => overlaps(mark, other)) || !kind.is(digitsOf(match[0]))) continue;
        if (field === "markdown" && !kind.inAddresses && addresses.some((other) => overlaps(mark, other))) continue;
        taken.push(mark);
        const place = placeIn(c, field, mark.from, mark.to);
        if ("excerpt" in place) place.excerpt = mask(place.excerpt);
        const { rule, severity, say, key } = kind;
        yield { rule, severity, place, message: say(NAMES[field]), ...(key !== undefined && { key }) };
      }
  }
};
