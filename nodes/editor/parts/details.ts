/** What the sidebar tells of a chosen item. */
import "../shared";

export { DetailsPanel } from "../sidebar/details-panel";
