/** What a device node needs whose account is in a cluster; it is loaded only then. */
export { DeviceRelay } from "./device-relay";
