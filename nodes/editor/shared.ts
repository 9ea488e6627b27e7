/**
 * What the scripts of the sets share, and load once for all of them: scripts/build.ts makes one file of it, which
 * `shared-code.ts` fetches.
 */
export { accountForm } from "./forms/account";
export { deviceForm } from "./forms/device";
export { deviceStatusForm } from "./forms/device-status";
export { examineConfigured } from "./forms/doctor-subjects";
export { historyForm } from "./forms/history";
export { manageForm } from "./forms/manage";
export { propertyGetForm } from "./forms/property-get";
export { propertyInForm } from "./forms/property-in";
export { propertyOutForm } from "./forms/property-out";
export { openMigration } from "./migration/dialog";
export { CloudTab } from "./sidebar/tab";
