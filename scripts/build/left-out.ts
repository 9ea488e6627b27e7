/**
 * Stands in the demo house for parts of Fastify that the simulator never uses: compilers of schemas, and requests without
 * a network. They would be a third of the file.
 */
export = (): (() => never) => () => {
  throw new Error("This part of Fastify is not in the demo house.");
};
