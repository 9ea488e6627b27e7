/** As much of the test helper as the specs use; it comes without types. */
declare module "node-red-node-test-helper" {
  import type { Node, NodeAPI } from "node-red";
  const helper: {
    init(runtimePath: string): void;
    settings(userSettings: object): object;
    load(sets: ((RED: NodeAPI) => void)[], flow: object[], credentials?: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): Node & { receive(message: object): void };
  };
  export = helper;
}
