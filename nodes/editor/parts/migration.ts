/** The dialog that converts nodes of Arduino's own package. */
import "../shared";

export { openMigration } from "../migration/dialog";
