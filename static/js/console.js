// Small behaviours of the console and the account pages. Everything works without them; they only help.
import { watchCopying } from "./copy.js";
import { watchFilters } from "./filters.js";
import { guardForms } from "./guard.js";
import { keepSteady } from "./steady.js";
import { showThemes } from "./themes.js";
import { showTimes } from "./times.js";

watchCopying(document);
watchFilters(document);
guardForms(document);
keepSteady(document);
showThemes(document);
showTimes(document);
