import { scriptLiteral } from "./html";

/** Parts of a widget that is a template of ours. */
interface TemplateParts {
  /** The content, below the widget's name. */
  body: string;
  /** Fields that the script keeps, as expressions of JavaScript. */
  data?: Readonly<Record<string, string>>;
  /** Statements that run with each message, whose payload is `p`. */
  onMessage?: string;
  methods?: string;
  hasName?: boolean;
}

/**
 * Returns the `format` of a template node. It holds nothing foreign but what `scriptLiteral` has written: the widget's name is
 * read from its node, values from the message.
 */
function template({ body, data = {}, onMessage, methods = "", hasName = true }: TemplateParts): string {
  const name = hasName ? '<div class="arduino-name">{{ props.name }}</div>' : "";
  const kept = Object.entries({ timer: "undefined", ...data }).map(([key, value]) => `${key}: ${value}`);
  const watch =
    onMessage === undefined
      ? ""
      : ` watch: { msg: { immediate: true, handler(m) { const p = m?.payload; if (p === undefined || p === null) return; ${onMessage} } } },`;
  // When the hand rests: a drag makes a hundred values.
  const later =
    "later(f, ms = 300) { clearTimeout(this.timer); this.timer = setTimeout(() => { this.timer = undefined; f() }, ms) }";
  return (
    `<template><div class="arduino-box">${name}${body}</div></template>\n` +
    `<script>export default { data() { return { ${kept.join(", ")} } },${watch} ` +
    `methods: { ${[later, methods].filter((one) => one !== "").join(", ")} }, unmounted() { clearTimeout(this.timer) } }</script>`
  );
}

/** Returns a button that says when it is pressed and when it is let go, by mouse, finger and keyboard. */
export function pushButtonTemplate(): string {
  return template({
    hasName: false,
    body:
      '<v-btn class="arduino-fill" block variant="flat" @pointerdown="press($event)" @pointerup="free" @pointercancel="free"' +
      ' @keydown="key($event)" @keyup="free" @blur="free">{{ props.name }}</v-btn>',
    data: { down: "false" },
    methods:
      "tell(down) { if (this.down === down) return; this.down = down; this.send({ payload: down }) }, " +
      "press(e) { e.target.setPointerCapture?.(e.pointerId); this.tell(true) }, free() { this.tell(false) }, " +
      "key(e) { if (e.key === ' ' || e.key === 'Enter') this.tell(true) }",
  });
}

/** The limits of a number and the step of its buttons. */
interface NumberRange {
  min: number;
  max: number;
  step: number;
}

/** Returns a field for a number with decimals, which Dashboard 2.0 would round to those of its step; or buttons for it. */
export function numberTemplate({ min, max, step }: NumberRange, hasButtons: boolean): string {
  const button = (sign: "-" | "+"): string =>
    `<v-btn variant="tonal" :aria-label="props.name + ' ${sign}'" @click="by(${sign}1)">${sign}</v-btn>`;
  const field =
    `<v-text-field type="number" step="any" :model-value="shown" :aria-label="props.name" variant="outlined" hide-details` +
    ` density="compact" style="flex:none" @update:model-value="type"></v-text-field>`;
  return template({
    body: hasButtons
      ? `<div class="arduino-row">${button("-")}<span class="arduino-number">{{ shown }}</span>${button("+")}</div>`
      : field,
    data: { shown: "''" },
    onMessage: "if (typeof p === 'number' && this.timer === undefined) this.shown = p",
    methods:
      `within(n) { return Math.min(${max}, Math.max(${min}, n)) }, ` +
      "type(v) { this.shown = v; const n = Number(v); if (v !== '' && Number.isFinite(n)) this.later(() => this.send({ payload: this.within(n) }), 1000) }, " +
      // Without the dust of binary fractions, which would add up.
      `by(sign) { this.shown = this.within(Number((Number(this.shown) + sign * ${step}).toFixed(6))); ` +
      "this.later(() => this.send({ payload: this.shown }), 400) }",
  });
}

/** Returns messages, in and out. Escape, as a message, clears the list. */
export function messengerTemplate(isWriting: boolean): string {
  const field =
    '<v-text-field v-model="draft" :aria-label="props.name" variant="outlined" hide-details density="compact" style="flex:none" @keyup.enter="say"></v-text-field>';
  return template({
    body:
      '<div class="arduino-scroll"><p v-for="(m, i) in lines" :key="i" :style="{ textAlign: m.mine ? \'right\' : \'left\' }">{{ m.text }}</p></div>' +
      (isWriting ? field : ""),
    data: { lines: "[]", draft: "''" },
    onMessage:
      "if (typeof p !== 'string') return; if (p === '\\u001b') { this.lines = []; return } " +
      "this.lines = [...this.lines.slice(-99), { text: p, mine: m.direction === 'requested' }]",
    methods: "say() { if (this.draft === '') return; this.send({ payload: this.draft }); this.draft = '' }",
  });
}

/** Returns a colour, with a switch for a lamp. */
export function colorTemplate({ isWriting, hasSwitch }: { isWriting: boolean; hasSwitch: boolean }): string {
  const disabled = isWriting ? "" : " disabled";
  return template({
    body:
      (hasSwitch ? lampSwitch(disabled) : "") +
      `<v-color-picker :model-value="color" :modes="['hsl']" hide-inputs elevation="0" width="100%" canvas-height="90"${disabled} @update:model-value="pick"></v-color-picker>`,
    data: { color: "{ h: 0, s: 0, v: 0, a: 1 }", on: "false" },
    onMessage:
      "if (typeof p.swi === 'boolean') this.on = p.swi; if (this.timer !== undefined || typeof p.hue !== 'number') return; " +
      "this.color = { h: p.hue, s: p.sat / 100, v: p.bri / 100, a: 1 }",
    methods:
      "flip(on) { this.on = on; this.send({ payload: { swi: on } }) }, " +
      "pick(c) { this.color = c; this.later(() => this.send({ payload: { hue: c.h, sat: c.s * 100, bri: c.v * 100 } })) }",
  });
}

/** Returns a lamp that can be dimmed. */
export function dimmedLightTemplate(isWriting: boolean): string {
  const disabled = isWriting ? "" : " disabled";
  return template({
    body:
      lampSwitch(disabled) +
      `<v-slider :model-value="level" :min="0" :max="100" :step="1" :aria-label="props.name" color="primary" hide-details style="flex:none"${disabled} @update:model-value="dim"></v-slider>`,
    data: { level: "0", on: "false" },
    onMessage:
      "if (typeof p.swi === 'boolean') this.on = p.swi; if (this.timer === undefined && typeof p.bri === 'number') this.level = p.bri",
    methods:
      "flip(on) { this.on = on; this.send({ payload: { swi: on } }) }, " +
      "dim(level) { this.level = level; this.later(() => this.send({ payload: { bri: level } })) }",
  });
}

function lampSwitch(disabled: string): string {
  return `<v-switch :model-value="on" :aria-label="props.name" color="primary" density="compact" hide-details style="flex:none"${disabled} @update:model-value="flip"></v-switch>`;
}

/** Returns a date and time of day, or one of them. The number is the time on the wall, counted as if it were UTC. */
export function timeTemplate(isWriting: boolean, picks: "date" | "time" | undefined): string {
  const type = picks ?? "datetime-local";
  const [from, to] = { date: [0, 10], time: [11, 16], "datetime-local": [0, 16] }[type] as [number, number];
  const whole = {
    date: "v + 'T00:00'",
    time: "(this.shown.slice(0, 10) || new Date().toISOString().slice(0, 10)) + 'T' + v",
    "datetime-local": "v",
  }[type];
  return template({
    body: `<v-text-field type="${type}" :model-value="shown.slice(${from}, ${to})" :aria-label="props.name" variant="outlined" hide-details density="compact" style="flex:none"${isWriting ? "" : " readonly"} @update:model-value="pick"></v-text-field>`,
    data: { shown: "''" },
    onMessage:
      "if (typeof p !== 'number' || this.timer !== undefined) return; const d = new Date(p * 1000); " +
      "this.shown = Number.isNaN(d.getTime()) ? '' : d.toISOString().slice(0, 16)",
    methods:
      `pick(v) { if (!v) return; const t = (${whole}).slice(0, 16); this.shown = t; ` +
      "const s = Date.parse(t + ':00Z') / 1000; if (Number.isFinite(s)) this.later(() => this.send({ payload: s })) }",
  });
}

/** Returns a picture from elsewhere, or a link where its address is not known. */
export function imageTemplate(address: string | undefined, link: { address: string; text: string }): string {
  if (address === undefined) return linkTemplate(link);
  return template({
    hasName: false,
    body: '<img :src="src" :alt="props.name" class="arduino-fill" style="width:100%;object-fit:contain">',
    data: { src: scriptLiteral(address) },
  });
}

function linkTemplate({ address, text }: { address: string; text: string }): string {
  return template({
    body: '<a :href="href" target="_blank" rel="noopener noreferrer">{{ text }}</a>',
    data: { href: scriptLiteral(address), text: scriptLiteral(text) },
  });
}

/** Returns a place on earth: its coordinates and a link to a map. */
export function mapTemplate(openMap: string): string {
  return template({
    body: '<div v-if="at">{{ at[0].toFixed(5) }}, {{ at[1].toFixed(5) }}<br><a :href="href" target="_blank" rel="noopener noreferrer">{{ text }}</a></div>',
    data: { at: "undefined", href: "''", text: scriptLiteral(openMap) },
    onMessage:
      "const at = [Number(p.lat), Number(p.lon)]; if (!at.every(Number.isFinite)) return; this.at = at; " +
      "this.href = 'https://www.openstreetmap.org/?mlat=' + at[0] + '&mlon=' + at[1] + '#map=15/' + at.join('/')",
  });
}

/** Returns a list of several values, by name. */
export function listTemplate(): string {
  return template({
    body: '<dl class="arduino-scroll"><template v-for="(v, k) in values" :key="k"><dt>{{ k }}</dt><dd>{{ v }}</dd></template></dl>',
    data: { values: "{}" },
    onMessage:
      "if (typeof p !== 'object') return; this.values = Object.fromEntries(Object.entries(p).map(([k, v]) => " +
      "[k, typeof v === 'object' ? JSON.stringify(v) : String(v)]))",
  });
}

/** Returns a value of many parts, as it is. */
export function jsonTemplate(): string {
  return template({
    body: '<pre class="arduino-scroll">{{ text }}</pre>',
    data: { text: "''" },
    onMessage: "this.text = typeof p === 'object' ? JSON.stringify(p, null, 1) : String(p)",
  });
}

/** Returns a schedule in words: the language of the browser has those of days, months and units. */
export function scheduleTemplate(texts: { from: string; to: string; none: string; on: string }): string {
  const data = Object.entries(texts).map(([key, text]) => [key, scriptLiteral(text)] as const);
  return template({
    body: '<div v-for="line in lines" :key="line">{{ line }}</div>',
    data: { lines: "[]", texts: `{ ${data.map(([key, text]) => `${key}: ${text}`).join(", ")} }` },
    onMessage: "this.lines = typeof p.frm === 'number' ? this.say(p) : []",
    methods:
      "when(s) { return new Date(s * 1000).toLocaleString(undefined, { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' }) }, " +
      "part(n, options) { return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', ...options }).format(n) }, " +
      "span(n, unit) { return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'long' }).format(n) }, " +
      "say({ frm, to, len, msk }) { if (!frm) return [this.texts.none]; " +
      "const unit = ['second', 'minute', 'hour', 'day'][msk >>> 30], kind = (msk >>> 26) & 15, low = msk & 255; " +
      "const days = [0, 1, 2, 3, 4, 5, 6].filter((d) => low & (1 << d)).map((d) => this.part(Date.UTC(2023, 0, 1 + d), { weekday: 'long' })); " +
      "const again = [[], ['↻ ' + this.span(msk & 0x3ffffff, unit)], days, ['↻ ' + low + '.'], " +
      "[this.part(Date.UTC(2023, (msk >>> 8) & 255, low), { month: 'long', day: 'numeric' })]][kind] ?? []; " +
      "return [this.texts.from + ' ' + this.when(frm), ...(to ? [this.texts.to + ' ' + this.when(to)] : []), " +
      "...(again.length ? [again.join(', ')] : []), this.texts.on + ' ' + this.length(len)] }, " +
      "length(s) { const parts = [['hour', Math.floor(s / 3600)], ['minute', Math.floor(s / 60) % 60], ['second', s % 60]].filter(([, n]) => n); " +
      "return parts.map(([u, n]) => this.span(n, u)).join(' ') || this.span(0, 'second') }",
  });
}
