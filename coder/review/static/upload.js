// @ts-check
// Files that somebody chooses or drops: they go to the server as they are, with how far it is, and can be stopped.

import { byId, maybe, Refused, say } from "./common.js";

/**
 * Send files to one draft, one after another. Throws `Refused` where the server refuses one.
 * @param {File[]} files @param {(done: number) => void} tell of all bytes which share was sent @param {string} [draft]
 * @returns {Promise<{ draft: string, kind: string }>}
 */
export async function upload(files, tell, draft = "") {
  const total = files.reduce((sum, one) => sum + one.size, 0) || 1;
  let sent = 0;
  let found = { draft, kind: "" };
  for (const file of files) {
    found = await send(file, found.draft, (loaded) => tell((sent + loaded) / total));
    sent += file.size;
  }
  return found;
}

/** @param {File} file @param {string} draft @param {(loaded: number) => void} tell @returns {Promise<{ draft: string, kind: string }>} */
function send(file, draft, tell) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/home/upload?${new URLSearchParams({ name: file.name, draft })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-coder-token", document.body.dataset.token ?? "");
    request.upload.onprogress = (event) => tell(event.loaded);
    request.onerror = () => fail(new Error(say("failed")));
    request.onload = () => {
      const answer = JSON.parse(request.responseText || "{}");
      if (request.status === 200) done(answer);
      else fail(new Refused(answer.error ?? say("failed"), request.status, answer));
    };
    request.send(file);
  });
}

/** What a page does with files, whether chosen or dropped anywhere. @param {(files: File[]) => void} take */
export function takeFiles(take) {
  maybe("file")?.addEventListener("change", () => {
    const chosen = [...(byId("file").files ?? [])];
    byId("file").value = "";
    if (chosen.length) take(chosen);
  });
  const cover = byId("dropping");
  let inside = 0;
  addEventListener("dragenter", (event) => { event.preventDefault(); inside += 1; cover.hidden = false; });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("dragleave", () => { inside -= 1; cover.hidden = inside > 0 ? false : true; });
  addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    cover.hidden = true;
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length) take(dropped);
  });
}
