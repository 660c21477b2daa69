// <photo-upload><form>…<input type="file" name="photos">…<button>Add</button></form>
//   <div data-said></div><ul data-sending></ul>
//   <template><li><span></span><progress></progress><span hidden>lost</span><button hidden>Try again</button></li></template>
// </photo-upload> and, somewhere on the page, <div id="photos" data-waits>…</div>
// Files go one by one, so that a lost connection loses one; each answer is the page with the photos.

const PAUSE = 2000

class PhotoUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form")
    this.list = this.querySelector("[data-sending]")
    this.sending = Promise.resolve()
    const inputs = [...this.form.querySelectorAll("[type=file]")]
    for (const input of inputs) input.addEventListener("change", this)
    // What was chosen before this came is sent by the button, and perhaps just now.
    this.form.querySelector("button").hidden = inputs.every((input) => !input.files.length)
    this.wait()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  handleEvent({ target }) {
    for (const file of target.files) this.add(file)
    target.value = ""
  }

  add(file) {
    const row = this.querySelector("template").content.cloneNode(true).firstElementChild
    const [name, lost] = row.querySelectorAll(":scope > span")
    const again = row.querySelector("button")
    name.textContent = file.name
    again.addEventListener("click", () => {
      lost.hidden = again.hidden = true
      this.queue(file, row, lost, again)
    })
    this.list.append(row)
    this.queue(file, row, lost, again)
  }

  queue(file, row, lost, again) {
    this.sending = this.sending.then(async () => {
      try {
        this.show(await this.send(file, row.querySelector("progress")), true)
        row.remove()
      } catch {
        lost.hidden = again.hidden = false
      }
    })
  }

  send(file, progress) {
    const body = new FormData()
    body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value)
    body.append("photos", file)
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest() // fetch cannot tell how much has been sent
      request.open("POST", this.form.action)
      request.responseType = "document"
      request.upload.onprogress = ({ loaded, total }) => (progress.value = loaded / total)
      request.onload = () => (request.response?.querySelector("#photos") ? resolve(request.response) : reject())
      request.onerror = request.ontimeout = reject
      request.send(body)
    })
  }

  show(page, said) {
    const photos = document.querySelector("#photos")
    const fresh = page.querySelector("#photos")
    const active = document.activeElement?.getAttribute("formaction")
    photos.replaceWith(fresh)
    // The signs in it are drawn once a page.
    document.querySelector("body > svg[hidden]").replaceWith(page.querySelector("body > svg[hidden]"))
    if (active) fresh.querySelector(`[formaction="${active}"]`)?.focus()
    const counted = page.querySelector("#photos-title ~ *")
    document.querySelector("#photos-title ~ *")?.replaceWith(counted)
    if (said) this.querySelector("[data-said]").replaceChildren(...page.querySelectorAll("main > [role=status] > *"))
    this.wait()
  }

  wait() {
    clearTimeout(this.timer)
    if (!document.querySelector("#photos[data-waits]")) return
    this.timer = setTimeout(async () => {
      try {
        const answer = await fetch(location.pathname)
        const page = new DOMParser().parseFromString(await answer.text(), "text/html")
        if (page.querySelector("#photos")) this.show(page, false)
      } catch {
        this.wait()
      }
    }, PAUSE)
  }
}

customElements.define("photo-upload", PhotoUpload)
