import type { NodeAPI } from "node-red";
import type { Finding } from "../../cloud/doctor/index";
import { cancelled } from "../../cloud/core/errors";
import type { UsableAccountNode } from "../runtime/account-node";
import { type DoctorTexts, readDoctorTexts, reportText, englishSentenceOf } from "./doctor-text";
import { usesOf } from "./flow-uses";
import { loadDoctor } from "./load-doctor";
import { readPackageFile } from "../runtime/package-files";

/** How long a whole examination may take. */
export const doctorTimeoutMs = 25_000;

/** The answer of manage on `doctor`. */
export interface ManagedReport {
  /** Whether nothing is wrong. Warnings count as nothing. */
  ok: boolean;
  /** Each with its English sentence. */
  findings: (Finding & { text: string })[];
  /** All as plain text, with the versions. */
  text: string;
}

/**
 * Examines an account as it is deployed, at its own pace.
 * @throws CloudError `cancelled` as soon as `signal` is aborted
 */
export async function examineDeployed(
  RED: NodeAPI,
  node: UsableAccountNode,
  signal: AbortSignal,
): Promise<ManagedReport> {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(doctorTimeoutMs)]);
  const { examineAccount } = loadDoctor();
  const findings = await examineAccount({ ...node.caseOf(), uses: usesOf(RED, "account", node.id) }, { signal: whole });
  if (signal.aborted) throw cancelled("The examination");
  const texts = readDoctorTexts();
  return {
    ok: !findings.some(({ level }) => level === "problem"),
    findings: findings.map((finding) => ({ ...finding, text: englishSentenceOf(texts, finding) })),
    text: forumText(RED, findings, texts),
  };
}

/** Writes a report to be copied into a forum post: the versions, then a line for each finding. */
export function forumText(RED: NodeAPI, findings: readonly Finding[], texts: DoctorTexts = readDoctorTexts()): string {
  const { name, version } = readPackageFile("package.json") as { name: string; version: string };
  const { version: nodeRed } = RED.settings as { version?: string };
  const versions = [
    ...(nodeRed === undefined ? [] : [`Node-RED ${nodeRed}`]),
    `${name} ${version}`,
    `Node.js ${process.version}`,
    `${process.platform} ${process.arch}`,
  ];
  return `${versions.join(", ")}\n${reportText(texts, findings)}\n`;
}
