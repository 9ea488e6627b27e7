/** The differences between us and the official OpenAPI document that are meant: how they are reported, and why. */
export const differences: readonly { report: RegExp; reason: string }[] = [
  {
    report: /^things_v2_tags#delete path\.key pattern is .* and nothing in the document$/,
    reason:
      "A tag whose key has other characters cannot be made, and the document has the pattern for tags of devices.",
  },
  {
    report: /^Batch\w+\.(interval|series_limit) (default|maximum) is \d+ here and nothing in the document$/,
    reason: "The document has these limits in the descriptions of the fields only (docs/protocol.md#history).",
  },
  {
    report: /\.ble_mac pattern is |^widgetv3\.page_id pattern is /,
    reason: "The same texts match, written shorter.",
  },
  {
    report: /\.wifi_fw_version pattern is /,
    reason: "Semantic versions, without the rules for the parts of a pre-release: the service checks those.",
  },
  {
    report:
      /^(devices_v2#(create|createClaimed|updateProperties)|series_v2#batch_query_raw_last_value|lora_devices_v1#create) 400 is not documented$/,
    reason: "The document knows no refusal of a bad body here; the simulator refuses it as everywhere else.",
  },
  {
    report: /^(devices_v2_tags#(list|upsert|delete)|devices_v2_pass#check) 404 is not documented$/,
    reason: "The document knows no answer for an unknown device here; the simulator answers as everywhere else.",
  },
  {
    report: /^(property_types_v1#listTypes|lora_devices_v1#create) 401 is not documented$/,
    reason: "Both ask for a token by the document, which does not say what a missing one leads to.",
  },
];
