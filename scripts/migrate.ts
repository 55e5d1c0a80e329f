/** `npm run migrate`: applies the migrations to the local database. */
import { migrate } from "./office.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
migrate(settings);
console.log(`The database in ${settings.state} is up to date.`);
