import assert from "node:assert/strict";
import Module from "node:module";
import { systemClock } from "../../../cloud/core/clock";
import { loadLibrary } from "../../../cloud/core/load-library";
import { openConnection } from "../../../cloud/mqtt/connection";
import { Http } from "../../../cloud/rest/transport/http";
import { rejection } from "../../support/rejection";

const loader = Module as unknown as { _load: (request: string, ...others: unknown[]) => unknown };
const load = loader._load;

/** Makes a library look as it does when an installation broke off. */
function remove(library: string): void {
  loader._load = function (request, ...others) {
    if (request === library) throw new Error(`Cannot find module '${library}'\nRequire stack:\n- /somewhere`);
    return load.call(this, request, ...others);
  };
}

describe("a library that is loaded when it is needed", () => {
  afterEach(() => {
    loader._load = load;
  });

  it("is given as it is", () => {
    assert.equal(
      loadLibrary("one", () => 1),
      1,
    );
  });

  it("is a clear error of the connection to the broker where it is missing, and is tried again", async () => {
    const options = { url: "mqtt://127.0.0.1:1", login: { clientId: "client" }, signal: new AbortController().signal };
    const connect = () => openConnection({ ...options, onMessage: () => undefined });
    remove("mqtt");
    const { message } = await rejection(connect(), "server_error");
    assert.equal(
      message,
      "The library mqtt could not be loaded (Cannot find module 'mqtt'). Install this package again.",
    );
    loader._load = load;
    await rejection(connect(), "offline");
  });

  it("is a clear error of a request where it is missing, and is tried again", async () => {
    const http = new Http({ clock: systemClock });
    const send = () => http.send({ verb: "GET", url: "http://127.0.0.1:1/", headers: {}, what: "test" });
    remove("axios");
    await rejection(send(), "server_error", /^The library axios could not be loaded/);
    loader._load = load;
    await rejection(send(), "offline", /^test: the cloud could not be reached/);
    http.close();
  });
});
