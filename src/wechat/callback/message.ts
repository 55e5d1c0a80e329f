/** What the platform says in a message: read from XML once, typed from then on. */
import { XMLParser } from "fast-xml-parser";
import { type Finish, finishOf } from "./finish.ts";
import { type Node, nodeOf, textOf } from "./nodes.ts";

/** Who wrote to whom, and what tells this message from others. */
export interface Envelope {
  /** The reader's openid: personal data, never stored, never logged. */
  from: string;
  /** The account's original id (gh_…). */
  to: string;
  /** The same for every repeat of a message. */
  key: string;
}

export type Message = Envelope &
  (
    | { type: "text"; text: string }
    | { type: "subscribe" | "unsubscribe" }
    | { type: "click"; click: string }
    | { type: "finish"; finish: Finish }
    /** Nothing that we answer: pictures, voices, places, views of a menu's links, what is new. */
    | { type: "other" }
  );

// No entities beyond the text itself: what the platform writes is in CDATA, and an expansion is how a small document
// becomes a large one. Numbers stay text: a MsgId has 64 bits.
const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: false,
  trimValues: false,
  maxNestedTags: 16,
  isArray: (name) => name === "item" || name === "fail_idx",
});

/** A document with the platform's root, before which nothing may be declared. */
const ROOT = /^\uFEFF?\s*(?:<\?xml[^<>]*\?>\s*)?<xml>/;

/** The members of the document's `<xml>`, or null for anything that is no such document. Never throws. */
export function readXml(xml: string): Node | null {
  if (!ROOT.test(xml)) return null;
  try {
    return nodeOf((parser.parse(xml, true) as Node).xml);
  } catch {
    return null;
  }
}

/** The message in a document; null for one that lacks what every message has. Never throws. */
export function messageOf(xml: string): Message | null {
  const root = readXml(xml);
  if (!root) return null;
  const [from, to, type, created] = ["FromUserName", "ToUserName", "MsgType", "CreateTime"].map((name) =>
    textOf(root, name),
  ) as [string, string, string, string];
  if (from === "" || to === "" || type === "" || !/^\d{1,12}$/.test(created)) return null;
  const id = textOf(root, "MsgId");
  if (type !== "event") {
    const envelope = { from, to, key: JSON.stringify([id === "" ? [from, created, type] : id]) };
    return type === "text"
      ? { ...envelope, type: "text", text: textOf(root, "Content") }
      : { ...envelope, type: "other" };
  }
  const event = textOf(root, "Event");
  const finish = finishOf(event, root);
  const eventKey = textOf(root, "EventKey");
  const envelope = { from, to, key: JSON.stringify([from, created, event, eventKey, finish?.job ?? ""]) };
  if (finish) return { ...envelope, type: "finish", finish };
  switch (event) {
    case "subscribe":
    case "unsubscribe":
      return { ...envelope, type: event };
    case "CLICK":
      return { ...envelope, type: "click", click: eventKey };
    default:
      return { ...envelope, type: "other" };
  }
}
