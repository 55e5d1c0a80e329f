import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refuseTarget } from "../../../src/delivery/target.ts";

const OWN = ["kanfa.example.cn", "desk.kanfa.example.cn"];
const refused = (address: string) => refuseTarget(address, { own: OWN, allowPrivate: false });

const IP = /IP address/;
const PUBLIC = /public host/;
const HTTPS = /https/;

describe("where a channel may point", () => {
  it.each([
    "https://hooks.example.com/kanfa",
    "https://hooks.example.com",
    "https://hooks.example.com:443/x",
    "https://HOOKS.Example.COM/x",
    "https://hooks.example.com./x",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
    "https://hooks.slack.com/services/T0/B0/x#frag",
    "https://政务.中国/接口",
    "https://xn--fiqs8s/".replace("xn--fiqs8s", "a.xn--fiqs8s"),
    "https://1password.com/x",
    "https://localhost.example.com/x",
    "https://my-internal.example.com/x",
    "https://notlocal.com/x",
    "https://kanfa.example.cn.evil.com/x",
    "https://example.com/?url=http://127.0.0.1/",
    "https://hooks.example.com/@169.254.169.254/",
  ])("%s", (address) => {
    expect(refused(address)).toBeNull();
  });
});

describe("where it may not", () => {
  it.each([
    // Not an address at all.
    ["", /not a URL/],
    ["hooks.example.com/x", /not a URL/],
    ["//hooks.example.com/x", /not a URL/],
    ["/media/x.png", /not a URL/],
    ["https://", /not a URL/],
    ["https://hooks.example.com:99999/", /not a URL/],
    ["https://[::1", /not a URL/],
    ["https://exa mple.com/", /not a URL/],
    ["https://256.256.256.256/", /not a URL/],
    // Another scheme.
    ["http://hooks.example.com/x", HTTPS],
    ["HTTP://hooks.example.com/x", HTTPS],
    ["ftp://hooks.example.com/x", HTTPS],
    ["ws://hooks.example.com/x", HTTPS],
    ["wss://hooks.example.com/x", HTTPS],
    ["file:///etc/passwd", HTTPS],
    ["data:text/plain,x", HTTPS],
    ["javascript:alert(1)", HTTPS],
    ["blob:https://hooks.example.com/x", HTTPS],
    ["gopher://127.0.0.1:6379/_INFO", HTTPS],
    // Names and passwords.
    ["https://user@hooks.example.com/", /user name/],
    ["https://user:secret@hooks.example.com/", /user name/],
    ["https://:secret@hooks.example.com/", /user name/],
    ["https://hooks.example.com@127.0.0.1/", /user name/],
    // Ports.
    ["https://hooks.example.com:8443/", /port/],
    ["https://hooks.example.com:80/", /port/],
    ["https://hooks.example.com:22/", /port/],
    ["https://hooks.example.com:0/", /port/],
    // IPv4: private, loopback, link-local, metadata, shared, multicast, broadcast, and public all the same.
    ["https://127.0.0.1/", IP],
    ["https://127.255.255.254/", IP],
    ["https://10.0.0.1/", IP],
    ["https://172.16.0.1/", IP],
    ["https://172.31.255.255/", IP],
    ["https://192.168.1.1/", IP],
    ["https://169.254.169.254/latest/meta-data/", IP],
    ["https://100.100.100.200/", IP],
    ["https://100.64.0.1/", IP],
    ["https://0.0.0.0/", IP],
    ["https://224.0.0.1/", IP],
    ["https://255.255.255.255/", IP],
    ["https://8.8.8.8/", IP],
    ["https://127.0.0.1./", IP],
    ["https://127.0.0.1../", IP],
    // The same in other clothes.
    ["https://2130706433/", IP],
    ["https://0x7f000001/", IP],
    ["https://0x7f.0.0.1/", IP],
    ["https://0177.0.0.1/", IP],
    ["https://017700000001/", IP],
    ["https://127.1/", IP],
    ["https://127.0.1/", IP],
    ["https://0/", IP],
    ["https://0xa9fea9fe/", IP],
    ["https://2852039166/", IP],
    ["https://１２７.０.０.１/", IP],
    ["https://127。0。0。1/", IP],
    ["https://①②⑦.⓪.⓪.①/", IP],
    ["https://%31%32%37.0.0.1/", IP],
    ["https:\\\\127.0.0.1\\", IP],
    ["https:///127.0.0.1/", IP],
    [" https://127.0.0.1/ ", IP],
    ["https://127.0.\n0.1/", IP],
    // IPv6.
    ["https://[::1]/", IP],
    ["https://[::]/", IP],
    ["https://[0:0:0:0:0:0:0:1]/", IP],
    ["https://[::ffff:127.0.0.1]/", IP],
    ["https://[::ffff:7f00:1]/", IP],
    ["https://[::ffff:169.254.169.254]/", IP],
    ["https://[64:ff9b::7f00:1]/", IP],
    ["https://[fe80::1]/", IP],
    ["https://[fc00::1]/", IP],
    ["https://[fd00:ec2::254]/", IP],
    ["https://[ff02::1]/", IP],
    ["https://[2001:4860:4860::8888]/", IP],
    // Names that are not of the public net.
    ["https://localhost/", PUBLIC],
    ["https://LOCALHOST/", PUBLIC],
    ["https://localhost./", PUBLIC],
    ["https://localhost../", PUBLIC],
    ["https://kanfa.localhost/", PUBLIC],
    ["https://kanfa.localhost./", PUBLIC],
    ["https://ｌｏｃａｌｈｏｓｔ/", PUBLIC],
    ["https://%6cocalhost/", PUBLIC],
    ["https://printer.local/", PUBLIC],
    ["https://metadata.google.internal/computeMetadata/v1/", PUBLIC],
    ["https://router.lan/", PUBLIC],
    ["https://nas.home.arpa/", PUBLIC],
    ["https://expyuzz4wqqyqhjn.onion/", PUBLIC],
    ["https://hook.test/", PUBLIC],
    ["https://hook.invalid/", PUBLIC],
    ["https://hook.example/", PUBLIC],
    ["https://intranet/", PUBLIC],
    ["https://db/", PUBLIC],
    ["https://com/", PUBLIC],
    ["https://hooks..example.com/", PUBLIC],
    ["https://.example.com/", PUBLIC],
    ["https://hooks.example.com../", PUBLIC],
    // The office itself: it would send to itself for ever.
    ["https://kanfa.example.cn/api/articles", /own|office/],
    ["https://KANFA.example.CN/", /office/],
    ["https://kanfa.example.cn./", /office/],
    ["https://desk.kanfa.example.cn/", /office/],
  ])("%j", (address, why) => {
    expect(refused(address)).toMatch(why);
  });

  it("any number is an address, and no address is let through", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String),
          fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((n) => `0x${n.toString(16)}`),
          fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((n) => `0${n.toString(8)}`),
          fc.ipV4(),
          fc.ipV4Extended(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        fc.constantFrom("", "."),
        (host, dot) => {
          const address = `https://${host}${host.endsWith("]") ? "" : dot}/hook`;
          fc.pre(URL.canParse(address));
          expect(refused(address)).toMatch(IP);
        },
      ),
      { numRuns: 1000 },
    ));

  it("a public name stays public whatever stands behind it", () =>
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        expect(refused(`https://hooks.example.com${path}?${query}`)).toBeNull();
      }),
    ));
});

describe("in development", () => {
  it.each([
    "http://127.0.0.1:8787/hook",
    "http://localhost:3000/",
    "http://[::1]:3000/",
    "https://192.168.1.10:8443/",
    "http://hooks.example.com/",
    "https://kanfa.example.cn/",
  ])("%s passes", (address) => {
    expect(refuseTarget(address, { own: OWN, allowPrivate: true })).toBeNull();
  });

  it.each([
    ["ftp://127.0.0.1/", HTTPS],
    ["file:///etc/passwd", HTTPS],
    ["http://user:secret@127.0.0.1/", /user name/],
    ["127.0.0.1:8787", /./],
    ["localhost:8787/hook", HTTPS],
  ])("%s does not", (address, why) => {
    expect(refuseTarget(address, { own: OWN, allowPrivate: true })).toMatch(why);
  });
});
