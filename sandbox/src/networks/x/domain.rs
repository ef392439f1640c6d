//! Host names in a text. As in twitter-text, a host ends in a top-level domain. All country domains and common generic
//! ones are known; after a scheme, any alphabetic domain is accepted.

/// The limit of DNS for a label in its ASCII form.
const LABEL_LIMIT: usize = 63;

const COMMON_DOMAINS: &str = "academy agency ai app art asia bar beer bike bio biz blog boutique \
business cafe care cash cat center chat church city clothing cloud club co coach codes coffee com \
community company cool coop dating deals delivery design dev digital direct directory dog earth edu \
education email energy events expert express family fashion film finance fish fit fitness \
flowers food foundation fun fund gallery games garden gift global gold golf gov green group guide \
guru health help host hotel house inc info ink int investments io jobs kitchen land law legal life \
live llc loan love ltd market marketing media menu mil mobi moda money museum name net network news \
ninja one online org organic page partners party pet photo photography photos pics pizza plus post \
press pro productions pub radio recipes rent rentals repair report rest restaurant reviews rocks run \
sale salon school services shoes shop show site ski social software solutions space sport store \
studio style support systems taxi team tech tips today tokyo tools top tours town toys training \
travel university vacations ventures video vip vision watch web website wedding wiki win wine work \
works world wtf xyz yoga zone";

const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi \
bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do \
dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk \
hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li \
lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng \
ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg \
sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk \
us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// The length of the prefix whose characters all match, in bytes.
pub(crate) fn run(text: &str, like: impl Fn(char) -> bool) -> usize {
    text.find(|c| !like(c)).unwrap_or(text.len())
}

/// The length of the host at the start of `host`: up to the last label that is a top-level domain.
pub(crate) fn host_length(host: &str, has_scheme: bool) -> Option<usize> {
    let mut end = 0;
    let mut known = None;
    let mut labels = 0;
    for label in host.split('.') {
        if label.is_empty() {
            break;
        }
        if labels > 0 {
            if is_top_level(label) {
                known = Some(end + label.len());
            } else {
                // A word in another script may follow without a space.
                let ascii = run(label, |c| c.is_ascii());
                if label.get(..ascii).is_some_and(is_top_level) {
                    known = Some(end + ascii);
                }
            }
        }
        labels += 1;
        end += label.len() + 1;
    }
    let whole = end.checked_sub(1)?;
    let last = host.get(..whole)?.rsplit('.').next()?;
    let plausible = has_scheme && labels > 1 && last.chars().all(char::is_alphabetic);
    let length = known.or((plausible && last.chars().count() > 1).then_some(whole))?;
    is_host(host.get(..length)?).then_some(length)
}

fn is_top_level(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    !label.is_empty()
        && (COUNTRIES.split(' ').any(|known| known == label)
            || COMMON_DOMAINS.split(' ').any(|known| known == label)
            || label.starts_with("xn--"))
}

fn is_host(host: &str) -> bool {
    // Only labels below the registered domain may contain underscores.
    let underscores = host.rsplit('.').take(2).any(|label| label.contains('_'));
    let hyphens = host.split('.').any(|label| label.starts_with('-') || label.ends_with('-'));
    let Ok(url::Host::Domain(ascii)) = url::Host::parse(host) else {
        return false;
    };
    !underscores && !hyphens && ascii.split('.').all(|label| label.len() <= LABEL_LIMIT)
}
