// Preloaded into the demo: its Node-RED refuses the first questions for the dashboard's page, as if that came late.
import http from "node:http";
import process from "node:process";

if (process.argv[1]?.endsWith("node-red.mjs")) {
  let refusals = 5;
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (event, ...parameters) {
    const [request, response] = parameters;
    if (event !== "request" || !request.url.startsWith("/dashboard/") || refusals-- <= 0)
      return emit.call(this, event, ...parameters);
    response.writeHead(404).end();
    return true;
  };
}
