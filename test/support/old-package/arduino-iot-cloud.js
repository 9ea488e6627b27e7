// Stands for Arduino's own package, which has a dependency that needs git: the same types and fields, and no function.
module.exports = function (RED) {
  function construct(config) {
    RED.nodes.createNode(this, config);
  }
  RED.nodes.registerType("arduino-connection", construct, {
    credentials: { clientid: { type: "password" }, clientsecret: { type: "password" } },
  });
  for (const type of ["property in", "property out", "property in hist", "property in poll", "property in push"])
    RED.nodes.registerType(type, construct);
};
