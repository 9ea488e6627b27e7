/** The dialog that makes a page for Dashboard 2.0, with what decides what is on it. */
import "../shared";

export { openPage } from "../page/dialog";
