import { isFirstTime } from "./editor/first-time";
import { textsOf, type Translate } from "./editor/i18n";
import { withSharedCode } from "./editor/shared-code";
import { connectionType, oldTypes } from "./migration/old-nodes";

const id = "arduino-cloud-migration";
const action = "arduino-cloud:migrate";
const menu = "red-ui-header-button-sidemenu";

/** Tells once in this browser that the nodes can be moved over; the menu has it from then on. */
function offerOnce(translate: Translate): void {
  if (isFirstTime(id)) {
    const close = (): void => note.close();
    const show = (): void => {
      close();
      RED.actions.invoke(action);
    };
    const buttons = [
      { text: translate("label.cancel"), click: close },
      { text: translate("offer.show"), class: "primary", click: show },
    ];
    const note = RED.notify($("<span>").text(translate("offer.text")), { type: "success", fixed: true, buttons });
  }
}

RED.plugins.registerPlugin(id, {
  type: id,
  onadd: () => {
    const translate = textsOf(id);
    // The script runs again when the package is disabled and enabled, and an action can't be added twice.
    RED.actions.remove(action);
    RED.actions.add(
      action,
      () => withSharedCode(({ usePart }) => usePart("migration", ({ openMigration }) => openMigration(translate))),
      {
        label: translate("label.action"),
      },
    );
    let isOffered = false;
    // The menu has it only for those who need it.
    RED.events.on("nodes:add", ({ type, name }) => {
      const isOld = [connectionType, ...oldTypes].includes(type === "unknown" ? String(name) : type);
      if (isOffered || !isOld) return;
      isOffered = true;
      RED.menu.addItem(menu, { id: `${id}-menu`, label: translate("label.action"), onselect: action });
      offerOnce(translate);
    });
  },
});
