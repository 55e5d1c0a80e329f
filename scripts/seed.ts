/** `npm run seed`: loads the demo office into the office that is running (`npm start` with KANFA_DEMO=0, or any other). */
import { clientOf } from "./client.ts";
import { loadSeeds } from "./demo.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
await loadSeeds(clientOf(settings.url, settings.adminToken), (line) => console.log(line));
