import type * as Doctor from "../../cloud/doctor/index";

/** Returns the doctor's code, loaded with the first examination: Node-RED need not hold what it may never ask for. */
export function loadDoctor(): typeof Doctor {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
  return require("../../cloud/doctor/index") as typeof Doctor;
}
