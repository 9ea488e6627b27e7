import { setPartFiles } from "./load-part";

setPartFiles(PART_FILES);

/** The file that `shared-code.ts` fetches: it knows the names of the parts, which for their part build on the shared code. */
export * from "./shared";
