import type { Node, NodeAPI, NodeDef } from "node-red";
import type * as Implementation from "./home-assistant/node";

/** Registers the node `arduino-cloud-home-assistant`. Its code, with the table of all types, is loaded with the first one. */
export default function (RED: NodeAPI): void {
  function construct(this: Node, config: NodeDef): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with Node-RED
    const { startBridge } = require("./home-assistant/node") as typeof Implementation;
    startBridge(RED, this, config);
  }
  RED.nodes.registerType("arduino-cloud-home-assistant", construct);
}
