/** The doctor's dialog, and the test of a connection, which shows findings too. */
import "../shared";

export { examineAccountForm, testConnection } from "../forms/connection-test";
export { examineConfigured, examineDeviceForm } from "../forms/doctor-subjects";
