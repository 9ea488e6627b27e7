/** What is asked after an import. */
import "../shared";

export { askForAccount, askForOpen } from "../imported/dialog";
