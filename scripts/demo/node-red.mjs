// Node-RED in a process of its own, told everything by its environment. Tells its port when it is ready; stops when it
// is told to, or when the program that started it is gone.
import http from "node:http";
import { createRequire } from "node:module";
import console from "node:console";
import process from "node:process";

const error = 20;

/** Passes on what nodes say and what fails; Node-RED's remarks on how it is set up are not for the demo. */
function tell({ level, id, type, name, msg }) {
  if (id === undefined && level > error) return;
  const speaker = id === undefined ? "Node-RED" : `${type} "${name || id}"`;
  console.warn(`${speaker}: ${msg?.message ?? msg}`);
}

const RED = createRequire(import.meta.url)("node-red");

const server = http.createServer((request, response) => app(request, response));
let app = (_request, response) => response.end();

RED.init(server, {
  userDir: process.env.DEMO_FOLDER,
  flowFile: "flows.json",
  flowFilePretty: true,
  credentialSecret: process.env.DEMO_CREDENTIAL_SECRET,
  uiHost: "127.0.0.1",
  httpAdminRoot: "/",
  httpNodeRoot: "/",
  editorTheme: { tours: false, header: { title: "Node-RED with the Arduino Cloud" } },
  telemetry: { enabled: false, updateNotification: false },
  logging: {
    console: { level: "off", metrics: false, audit: false },
    demo: { level: "warn", metrics: false, audit: false, handler: () => tell },
  },
});
app = (request, response) => RED.httpAdmin(request, response, () => RED.httpNode(request, response));

// A Ctrl-C reaches this process too, but the program that started it decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
const stop = () => RED.stop().finally(() => process.exit(0));
process.once("message", stop);
process.once("disconnect", stop);

await RED.start();
const listen = (port) => server.listen(port, "127.0.0.1");
server.on("error", (reason) => {
  // The usual port is only a wish; one that was asked for is an order.
  if (reason.code === "EADDRINUSE" && process.env.PORT === undefined) listen(0);
  else process.send({ error: reason.message });
});
server.on("listening", () => process.send({ port: server.address().port }));
listen(Number(process.env.PORT ?? 1880));
