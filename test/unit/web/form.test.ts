import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readForm } from "../../../src/web/form.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

it("reads what a program writes", () => {
  const text = fc.string({ unit: "binary" }).map((value) => value.toWellFormed());
  fc.assert(
    fc.property(fc.dictionary(text, text), (fields) => {
      const form = readForm(bytes(new URLSearchParams(fields).toString()));
      expect(Object.fromEntries(form!)).toEqual(Object.fromEntries(Object.entries(fields)));
    }),
  );
});

it.each(["a=%", "a=%f", "a=%ff", "a=%ED%A0%80", "a=1&a=2", "a&%61"])("reads nothing of %s", (text) =>
  expect(readForm(bytes(text))).toBeNull(),
);

it("reads nothing of what is not UTF-8", () => expect(readForm(Uint8Array.of(0x61, 0x3d, 0xff))).toBeNull());

it("takes whatever a value holds", () =>
  expect(readForm(bytes("a=b=c&&d&e=+%2B"))).toEqual(
    new Map([
      ["a", "b=c"],
      ["d", ""],
      ["e", " +"],
    ]),
  ));
