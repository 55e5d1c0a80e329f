/** Documents that look like the platform's, more or less. */
import * as fc from "fast-check";

const NAMES = [
  "ToUserName",
  "FromUserName",
  "CreateTime",
  "MsgType",
  "Event",
  "EventKey",
  "Content",
  "MsgId",
  "MsgID",
  "Encrypt",
  "PublishEventInfo",
  "publish_id",
  "fail_idx",
  "article_detail",
  "item",
  "ArticleUrlResult",
  "ResultList",
  "__proto__",
  "constructor",
  "toString",
];
const VALUES = [
  "event",
  "text",
  "CLICK",
  "subscribe",
  "PUBLISHJOBFINISH",
  "MASSSENDJOBFINISH",
  "1763857800",
  "0",
  "-1",
];

const { xml } = fc.letrec<{ xml: string; member: string }>((tie) => ({
  xml: fc
    .array(fc.oneof({ depthSize: "small" }, fc.string({ maxLength: 20 }), tie("member")), { maxLength: 8 })
    .map((parts) => parts.join("")),
  member: fc
    .tuple(
      fc.constantFrom(...NAMES),
      fc.oneof(
        fc.constantFrom(...VALUES).map((value) => `<![CDATA[${value}]]>`),
        fc.constantFrom(...VALUES),
        fc.string({ maxLength: 40 }).map((value) => `<![CDATA[${value}]]>`),
        tie("xml"),
      ),
    )
    .map(([name, inner]) => `<${name}>${inner}</${name}>`),
}));

const head = fc
  .tuple(fc.constantFrom("text", "event", "image"), xml)
  .map(
    ([type, members]) =>
      `<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>1763857800</CreateTime><MsgType>${type}</MsgType>${members}</xml>`,
  );

/** Anything from a whole message to noise, with a document type now and then. */
export const document: fc.Arbitrary<string> = fc.oneof(
  head,
  head,
  xml.map((members) => `<xml>${members}</xml>`),
  fc.tuple(head, fc.nat(400)).map(([text, at]) => text.slice(0, at)),
  head.map((text) => `<!DOCTYPE xml [<!ENTITY a "b">]>${text}`),
  fc.string(),
);
