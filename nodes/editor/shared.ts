/**
 * What the scripts of the sets share, and load once for all of them: scripts/build.ts makes one file of it. What is opened
 * on demand is in `parts/`. Each of these imports this file, so that what they have in common with it comes once.
 */
export { accountForm } from "./forms/account";
export { deviceStatusForm } from "./forms/device-status";
export { historyForm } from "./forms/history";
export { plainForm } from "./forms/plain";
export { propertyGetForm } from "./forms/property-get";
export { propertyInForm } from "./forms/property-in";
export { propertyOutForm } from "./forms/property-out";
export { adoptImported } from "./imported/adopt";
export { loadPart, usePart } from "./load-part";
export { titleNodes } from "./node-label";
export { CloudTab } from "./sidebar/tab";
