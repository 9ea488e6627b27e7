import type { NodeAPI } from "node-red";
import { registerMigrationRoutes } from "./admin/migration-routes";

/** Registers the migration from Arduino's own package: a plugin of the editor, with an endpoint of its own. */
export default function (RED: NodeAPI): void {
  registerMigrationRoutes(RED);
  RED.plugins.registerPlugin("arduino-cloud-migration", { type: "arduino-cloud-migration" });
}
