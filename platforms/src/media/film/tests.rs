use super::*;

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(8 + content.len()).unwrap();
    [&size.to_be_bytes(), name.as_slice(), content].concat()
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\0\0")
}

fn mdat() -> Vec<u8> {
    boxed(b"mdat", &[7; 50_000])
}

fn mvhd(scale: u32, units: u32) -> Vec<u8> {
    boxed(b"mvhd", &[&[0; 12][..], &scale.to_be_bytes(), &units.to_be_bytes(), &[0; 80]].concat())
}

const UPRIGHT: [i32; 4] = [1, 0, 0, 1];
const TURNED: [i32; 4] = [0, 1, -1, 0];

/// `matrix`: a, b, c, d.
fn track(kind: &[u8; 4], matrix: [i32; 4]) -> Vec<u8> {
    let [a, b, c, d] = matrix.map(|part| (part << 16).to_be_bytes());
    let zero = [0; 4];
    let size = |pixels: u32| (pixels << 16).to_be_bytes();
    let matrix = [a, b, zero, c, d, zero, zero, zero, [0x40, 0, 0, 0], size(540), size(960)].concat();
    let tkhd = boxed(b"tkhd", &[&[0; 40][..], &matrix].concat());
    let hdlr = boxed(b"hdlr", &[&[0; 8][..], kind, &[0; 13]].concat());
    let tables = boxed(b"minf", &boxed(b"hdlr", &[[0; 8].as_slice(), b"url ", &[0; 3000]].concat()));
    boxed(b"trak", &[tkhd, boxed(b"mdia", &[boxed(b"mdhd", &[0; 24]), hdlr, tables].concat())].concat())
}

fn moov(parts: &[Vec<u8>]) -> Vec<u8> {
    boxed(b"moov", &parts.concat())
}

fn film() -> Vec<u8> {
    moov(&[mvhd(600, 3000), track(b"soun", UPRIGHT), track(b"vide", UPRIGHT)])
}

/// Reads a file by pieces of 256 bytes.
fn read(file: &[u8]) -> Film {
    let mut film = Film::new(file.len() as u64);
    while let Some(at) = film.next() {
        let at = usize::try_from(at).unwrap();
        if !film.read(&file[at..file.len().min(at + 256)]) {
            break;
        }
    }
    film
}

fn length(file: &[Vec<u8>]) -> Option<u64> {
    let film = read(&file.concat());
    assert_eq!(film.check(), Ok(()));
    film.milliseconds()
}

#[test]
fn the_header_is_found_wherever_it_is() {
    for file in [[ftyp(), film(), mdat()], [ftyp(), mdat(), film()], [boxed(b"wide", b""), mdat(), film()]] {
        let film = read(&file.concat());
        assert_eq!((film.check(), film.milliseconds(), film.pixels()), (Ok(()), Some(5000), Some((540, 960))));
    }
    let long = [&1u32.to_be_bytes(), b"mdat".as_slice(), &1016u64.to_be_bytes(), &[0; 1000]].concat();
    assert_eq!(length(&[ftyp(), long, film()]), Some(5000));
    let endless = [&[0; 4], b"mdat".as_slice(), &[7; 100]].concat();
    assert_eq!(length(&[ftyp(), film(), endless]), Some(5000));
    let long = [&[1, 0, 0, 0], &[0; 16][..], &1000u32.to_be_bytes(), &90_000u64.to_be_bytes()].concat();
    assert_eq!(length(&[moov(&[boxed(b"mvhd", &long)])]), Some(90_000));
}

#[test]
fn a_duration_of_0_or_of_all_ones_is_unknown() {
    for units in [0, u32::MAX] {
        assert_eq!(length(&[ftyp(), moov(&[mvhd(600, units), track(b"vide", UPRIGHT)]), mdat()]), None, "{units}");
    }
    let long = [&[1, 0, 0, 0], &[0; 16][..], &1000u32.to_be_bytes(), &u64::MAX.to_be_bytes()].concat();
    assert_eq!(length(&[moov(&[boxed(b"mvhd", &long)])]), None);
    assert_eq!(length(&[moov(&[mvhd(0, 5)])]), None, "a time scale of 0");
}

/// `segments`: their bytes and units of 1/1000 s.
fn sidx(segments: &[(u32, u32)], first: u32) -> Vec<u8> {
    let count = u16::try_from(segments.len()).unwrap().to_be_bytes();
    let head = [&[0; 8][..], &1000u32.to_be_bytes(), &[0; 4], &first.to_be_bytes(), &[0; 2], &count].concat();
    let entry = |(bytes, units): &(u32, u32)| [bytes.to_be_bytes(), units.to_be_bytes(), [0; 4]].concat();
    boxed(b"sidx", &[head, segments.iter().flat_map(entry).collect()].concat())
}

#[test]
fn the_duration_of_a_fragmented_film_is_that_of_its_extension_or_index() {
    let header = |units, mvex: &[u8]| moov(&[mvhd(600, units), track(b"vide", UPRIGHT), boxed(b"mvex", mvex)]);
    let fragment = || [boxed(b"moof", &[0; 32]), boxed(b"mdat", &[7; 400])].concat();
    let size = u32::try_from(fragment().len()).unwrap();
    let mehd = boxed(b"mehd", &[[0; 4], 3000u32.to_be_bytes()].concat());
    assert_eq!(length(&[ftyp(), header(0, &mehd), fragment(), fragment()]), Some(5000));
    assert_eq!(length(&[ftyp(), header(0, b""), fragment(), fragment()]), None);
    assert_eq!(length(&[ftyp(), header(600, b""), fragment()]), None, "one second, and the fragments");
    let index = |count: usize, first| sidx(&vec![(size, 2500); count], first);
    let two = [fragment(), fragment()].concat();
    assert_eq!(length(&[ftyp(), header(0, b""), index(2, 0), two.clone()]), Some(5000));
    assert_eq!(length(&[ftyp(), header(0, b""), index(2, 0), two.clone(), boxed(b"mfra", &[0; 8])]), Some(5000));
    let of_sound = index(2, 0);
    let behind = u32::try_from(of_sound.len()).unwrap();
    assert_eq!(length(&[ftyp(), header(0, b""), index(2, behind), of_sound, two.clone()]), Some(5000), "of two tracks");
    assert_eq!(length(&[ftyp(), header(0, b""), index(1, 0), two.clone()]), None, "of a part of the film");
    let cut = [ftyp(), header(0, b""), index(3, 0), two].concat();
    assert_eq!(read(&cut).check(), Err(BrokenFilm::Cut));
}

#[test]
fn the_matrix_of_the_track_turns_the_picture() {
    for (matrix, shown) in [(UPRIGHT, (540, 960)), ([-1, 0, 0, -1], (540, 960)), (TURNED, (960, 540))] {
        let file = [ftyp(), moov(&[mvhd(1, 5), track(b"vide", matrix), track(b"soun", UPRIGHT)])].concat();
        assert_eq!(read(&file).pixels(), Some(shown), "{matrix:?}");
    }
}

#[test]
fn a_film_that_nobody_can_see_is_refused() {
    let check = |file: &[Vec<u8>]| read(&file.concat()).check();
    assert_eq!(check(&[ftyp(), boxed(b"free", b""), mdat()]), Err(BrokenFilm::NoMovie));
    assert_eq!(check(&[ftyp(), vec![0; 500]]), Err(BrokenFilm::NoMovie));
    for whole in [[ftyp(), film(), mdat()].concat(), [ftyp(), mdat(), film()].concat()] {
        for end in [whole.len() / 4, whole.len() / 2, whole.len() - 1] {
            assert_eq!(read(&whole[..end]).check(), Err(BrokenFilm::Cut), "{end} of {} bytes", whole.len());
        }
    }
    let of = |kinds: &[&[u8; 4]]| {
        let tracks: Vec<_> = kinds.iter().map(|kind| track(kind, UPRIGHT)).collect();
        check(&[ftyp(), moov(&[mvhd(1, 5), tracks.concat()]), mdat()])
    };
    assert_eq!(of(&[b"soun"]), Err(BrokenFilm::NoPicture));
    assert_eq!(of(&[b"soun", b"text"]), Err(BrokenFilm::NoPicture));
    for seen in [&[b"vide"][..], &[b"soun", b"vide"], &[b"soun", b"MPEG"], &[]] {
        assert_eq!(of(seen), Ok(()), "{seen:?}");
    }
    assert_eq!(check(&[ftyp(), moov(&[boxed(b"cmov", &[0; 40]), track(b"soun", UPRIGHT)])]), Ok(()), "compressed");
    assert_eq!(check(&[ftyp(), film(), mdat(), vec![0; 3]]), Ok(()), "a few bytes fill the end");
}

#[test]
fn a_file_that_is_not_read_to_its_end_is_not_judged() {
    let file = [ftyp(), moov(&[mvhd(1, 5), track(b"soun", UPRIGHT), track(b"vide", UPRIGHT)])].concat();
    let mut film = Film::new(file.len() as u64);
    assert!(film.read(&file[..400]) && !film.read(b""));
    assert_eq!((film.check(), film.milliseconds()), (Ok(()), Some(5000)));
}

#[test]
fn a_malformed_file_has_no_duration() {
    let malformed: [&[u8]; 8] = [
        b"",
        b"\0\0\0",
        b"\0\0\0\x04moov",
        b"\0\0\0\0mdat",
        b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x08",
        b"\0\0\0\x01mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\x09free\0",
        b"\0\0\0\x10moov\0\0\0\0mvhd",
        b"\0\0\0\x10moov\0\0\0\x08free",
    ];
    for file in malformed {
        assert_eq!(read(file).milliseconds(), None, "{file:?}");
    }
}
