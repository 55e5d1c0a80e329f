/** Looks into parsed XML. Whatever was sent, they give what was asked for or nothing. */

export interface Node {
  readonly [name: string]: unknown;
}

/** The value as an element with members; one without any is an empty one. */
export const nodeOf = (value: unknown): Node =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Node) : {};

const own = (node: Node, name: string): unknown => (Object.hasOwn(node, name) ? node[name] : undefined);

/** A member's text, trimmed; empty without one. */
export function textOf(node: Node, name: string): string {
  const value = own(node, name);
  return typeof value === "string" ? value.trim() : "";
}

/** A member's number, a whole one from 0 on; null for anything else. */
export function numberOf(node: Node, name: string): number | null {
  const text = textOf(node, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A member's own members. */
export const childOf = (node: Node, name: string): Node => nodeOf(own(node, name));

/** A member that may stand several times. */
export function listOf(node: Node, name: string): unknown[] {
  const value = own(node, name);
  return Array.isArray(value) ? value : [];
}
