import assert from "node:assert/strict";
import { CloudError } from "../../../../../cloud/core/errors";
import { parseEndpoints } from "../../../../../cloud/rest/transport/endpoints";

describe("endpoints", () => {
  const standard = {
    baseUrl: "https://api2.arduino.cc",
    tokenUrl: "https://api2.arduino.cc/iot/v1/clients/token",
    audience: "https://api2.arduino.cc/iot",
    brokerUrl: "wss://wss.iot.arduino.cc:8443/mqtt",
    deviceBrokerUrl: "mqtts://mqtts-up.iot.arduino.cc:8884",
  };

  it("are Arduino's own where blank", () => {
    assert.deepEqual(parseEndpoints({}), standard);
    assert.deepEqual(parseEndpoints({ baseUrl: " ", audience: "", brokerUrl: "", deviceBrokerUrl: "" }), standard);
  });

  it("are taken as given, without slashes at the end of the base", () => {
    const given = parseEndpoints({
      baseUrl: " http://localhost:1234/proxy// ",
      audience: "https://example.com/iot",
      brokerUrl: "mqtt://localhost:1",
      deviceBrokerUrl: "mqtts://[::1]:8884",
    });
    assert.deepEqual(given, {
      baseUrl: "http://localhost:1234/proxy",
      tokenUrl: "http://localhost:1234/proxy/iot/v1/clients/token",
      audience: "https://example.com/iot",
      brokerUrl: "mqtt://localhost:1",
      deviceBrokerUrl: "mqtts://[::1]:8884",
    });
  });

  const typos: [field: string, given: unknown, says: RegExp][] = [
    ["baseUrl", "api2.arduino.cc", /scheme is missing/],
    ["baseUrl", "htps://api2.arduino.cc", /scheme "htps"/],
    ["baseUrl", "https:/api2.arduino.cc", /scheme is missing/],
    ["baseUrl", "https://", /scheme is missing/],
    ["baseUrl", "https://api2 .arduino.cc", /well-formed/],
    ["baseUrl", "https://api2.arduino.cc:99999", /well-formed/],
    ["baseUrl", "https://api2.arduino.cc/iot", /must not end in "\/iot"/],
    ["baseUrl", "https://api2.arduino.cc?x=1", /no query/],
    ["baseUrl", 7, /must be a text/],
    ["audience", "api", /scheme is missing/],
    ["brokerUrl", "https://wss.iot.arduino.cc", /scheme "https" is not one of wss, ws, mqtts, mqtt/],
    ["brokerUrl", "mqtt://", /scheme is missing/],
    ["brokerUrl", "mqtt:///path", /well-formed/],
    ["deviceBrokerUrl", "tcp://host:1883", /scheme "tcp"/],
  ];
  for (const [field, given, says] of typos) {
    it(`name the field in a typo: ${field} ${String(given)}`, () => {
      assert.throws(
        () => parseEndpoints({ [field]: given }),
        (error) => {
          assert(error instanceof CloudError);
          assert.equal(error.code, "invalid_input");
          assert(error.message.startsWith(`${field}: `), error.message);
          assert.match(error.message, says);
          assert.match(error.message, /Expected is an address such as \w+:\/\//);
          return true;
        },
      );
    });
  }

  for (const given of [
    "https://me:hunter2@host",
    "htps://me:hunter2@host",
    "hunter2@host",
    "https://host?key=hunter2 ",
  ]) {
    it(`show no password: ${given.replace("hunter2", "…")}`, () => {
      assert.throws(
        () => parseEndpoints({ baseUrl: given }),
        (error) => error instanceof CloudError && !error.message.includes("hunter2"),
      );
    });
  }
});
