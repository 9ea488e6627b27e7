/** The form of a device of Node-RED's own. */
import "../shared";

export { deviceForm } from "../forms/device";
