/** The differences between us and the official OpenAPI document that are meant: where, and why. */
export const differences: readonly { where: RegExp; reason: string }[] = [
  {
    where: /^things_v2_tags#delete path\.key pattern$/,
    reason:
      "A tag whose key has other characters cannot be made, and the document has the pattern for tags of devices.",
  },
  {
    where: /^Batch\w+\.(interval|series_limit) (default|maximum)$/,
    reason: "The document has these limits in the descriptions of the fields only (rest-api 7, History).",
  },
  {
    where: /\.ble_mac pattern$|^widgetv3\.page_id pattern$/,
    reason: "The same texts match, written shorter.",
  },
  {
    where: /\.wifi_fw_version pattern$/,
    reason: "Semantic versions, without the rules for the parts of a pre-release: the service checks those.",
  },
  {
    where:
      /^(devices_v2#(create|createClaimed|updateProperties)|series_v2#batch_query_raw_last_value|lora_devices_v1#create) 400$/,
    reason: "The document knows no refusal of a bad body here; the simulator refuses it as everywhere else.",
  },
  {
    where: /^(devices_v2_tags#(list|upsert|delete)|devices_v2_pass#check) 404$/,
    reason: "The document knows no answer for an unknown device here; the simulator answers as everywhere else.",
  },
  {
    where: /^(property_types_v1#listTypes|lora_devices_v1#create) 401$/,
    reason: "Both ask for a token by the document, which does not say what a missing one leads to.",
  },
];
