// Without a network the page says what becomes of what is typed.
import { byId } from "./page.js";

const notice = byId("offline");

const look = () => {
  notice.textContent = navigator.onLine ? "" : notice.dataset.text;
};

addEventListener("online", look);
addEventListener("offline", look);
look();
