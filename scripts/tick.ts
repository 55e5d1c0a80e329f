/** `npm run tick -- 2026-11-23T08:30+08:00`: fires one tick at the office that is running, now or at a time of your choice. */
import process from "node:process";
import { readSettings } from "./settings.ts";

const { port } = readSettings();
const [wanted] = process.argv.slice(2);
const at = wanted === undefined ? Date.now() : Date.parse(wanted);
if (!Number.isFinite(at)) {
  console.error(`“${wanted}” is not a time; write it like 2026-11-23T08:30:00+08:00.`);
  process.exit(1);
}
const answer = await fetch(
  `http://127.0.0.1:${port}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*&time=${at}&format=json`,
).catch(() => null);
if (!answer) {
  console.error(`Nothing answers on port ${port}; run npm start first.`);
  process.exit(1);
}
console.log(new Date(at).toISOString(), await answer.text());
