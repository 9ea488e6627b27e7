import type { NodeAPI } from "node-red";
import { registerSidebarRoutes } from "./admin/sidebar-routes";

/** Registers the sidebar "Arduino Cloud": a plugin of the editor, with endpoints of its own. */
export default function (RED: NodeAPI): void {
  registerSidebarRoutes(RED);
  RED.plugins.registerPlugin("arduino-cloud-sidebar", { type: "arduino-cloud-sidebar" });
}
