/** The form of manage, with what it shows of each operation. */
import "../shared";

export { manageForm } from "../forms/manage";
