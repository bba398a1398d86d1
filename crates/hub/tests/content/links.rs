//! Links to bytes, and the plans that hold them.

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use limpide_hub::Error;
use limpide_hub::content::{FilePlan, Link, LinkedBytes, LinksFor};
use limpide_testkit::hub::TestHub;
use limpide_xet::{ChunkReader, FetchRange, Hash, ShardFile, file_hash, term_hash};

use crate::kit::{Scene, noise, pack, scene, shard, words};

const SEVERAL: LinksFor = LinksFor::SeveralRanges;

/// Opens a link as the face of the store does.
fn open(hub: &TestHub, link: &str) -> limpide_hub::Result<LinkedBytes> {
    let (object, query) = link.strip_prefix("x/").unwrap().split_once('?').unwrap();
    let part = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    hub.open_link(object, part("r"), part("e"), part("s"))
}

async fn fetch(hub: &TestHub, link: &Link, range: &FetchRange) -> Bytes {
    let range = range.bytes.start..range.bytes.last + 1;
    match link {
        Link::Here(link) => {
            let link = open(hub, link).unwrap();
            let pieces: Vec<Bytes> = hub.read_link(&link, range).await.unwrap().try_collect().await.unwrap();
            pieces.concat().into()
        }
        Link::Elsewhere(url) => {
            let range = format!("bytes={}-{}", range.start, range.end - 1);
            let answer = reqwest::Client::new().get(url).header("Range", range).send().await.unwrap();
            assert_eq!(answer.status(), 206);
            answer.bytes().await.unwrap()
        }
    }
}

/// Rebuilds a range as a client does.
async fn rebuild(hub: &TestHub, plan: &FilePlan) -> Vec<u8> {
    let mut data = Vec::new();
    for term in &plan.terms {
        let xorb = plan.xorbs.iter().find(|xorb| xorb.hash == term.hash).unwrap();
        let within = |range: &&FetchRange| {
            range.chunks.start <= term.range.start && term.range.end <= range.chunks.end
        };
        let of =
            |(link, ranges): &(Link, Vec<FetchRange>)| Some((link.clone(), *ranges.iter().find(within)?));
        let (link, range) = xorb.links.iter().find_map(of).unwrap();
        let mut reader = ChunkReader::over(fetch(hub, &link, &range).await);
        for index in range.chunks.start..range.chunks.end {
            let chunk = reader.next_piece().unwrap().unwrap();
            if (term.range.start..term.range.end).contains(&index) {
                data.extend_from_slice(&chunk);
            }
        }
        reader.finish().unwrap();
    }
    data.split_off(plan.offset_into_first_range as usize)
}

#[tokio::test]
async fn a_plan_rebuilds_the_range_it_was_asked_for() {
    let scene = scene().await;
    let sent = pack([noise(1, 1_500_000), words(2, 1_000_000)].concat(), 5);
    let file = scene.send(&sent).await;
    for range in [0..file.size, 0..1, 700_000..2_000_000, file.size - 1..file.size, 100..file.size + 100] {
        let plan = scene.hub.reconstruct(&file, Some(range.clone()), SEVERAL).await.unwrap();
        let wanted = &sent.data[range.start as usize..range.end.min(file.size) as usize];
        assert!(rebuild(&scene.hub, &plan).await.starts_with(wanted), "{range:?}");
        // Asked again, the same ranges in the same number: clients give up on anything else.
        let again = scene.hub.reconstruct(&file, Some(range), SEVERAL).await.unwrap();
        assert_eq!(again.terms, plan.terms);
    }
    let whole = scene.hub.reconstruct(&file, None, SEVERAL).await.unwrap();
    assert!(rebuild(&scene.hub, &whole).await == sent.data);
    for range in [file.size..file.size + 1, file.size + 5..u64::MAX] {
        let end = scene.hub.reconstruct(&file, Some(range), SEVERAL).await;
        assert!(matches!(end, Err(Error::PastEnd(size)) if size == file.size));
    }
    let batch =
        scene.hub.reconstruct_batch(&scene.pass, &[file.hash, Hash::from_bytes([3; 32])]).await.unwrap();
    assert_eq!(batch.files.keys().collect::<Vec<_>>(), [&file.hash]);
}

/// A file that uses the inner chunks of a xorb only, so that its links are the hub's own on every store.
async fn part_of_a_xorb(scene: &Scene) -> (ShardFile, String) {
    let sent = pack(noise(3, 2_000_000), 1000);
    scene.put_all(&sent).await;
    let table = &sent.xorbs[0].table;
    let chunks: Vec<_> = table.chunks().collect();
    let (start, end) = (2, 5);
    let named = &chunks[start as usize..end as usize];
    let mut file = sent.file.clone();
    file.hash = file_hash(named.iter().map(|(hash, length)| (*hash, u64::from(*length))));
    file.verification = Some(vec![term_hash(&named.iter().map(|(hash, _)| *hash).collect::<Vec<_>>())]);
    (file.terms[0].start, file.terms[0].end) = (start, end);
    file.terms[0].unpacked = table.unpacked_len(start..end).unwrap() as u32;
    file.sha256 = None;
    scene.register(&shard(&[&file])).await.unwrap();
    let stored = scene.hub.file(&scene.pass, file.hash).await.unwrap();
    let plan = scene.hub.reconstruct(&stored, None, LinksFor::OneRange).await.unwrap();
    let Link::Here(link) = plan.xorbs[0].links[0].0.clone() else {
        panic!("a link to a part of a xorb leads away")
    };
    (file, link)
}

#[tokio::test]
async fn a_link_is_for_its_own_bytes_alone() {
    let scene = scene().await;
    let (_, link) = part_of_a_xorb(&scene).await;
    let linked = open(&scene.hub, &link).unwrap();
    let own = linked.ranges()[0].clone();
    assert!(own.start > 0);

    assert!(scene.hub.read_link(&linked, own.clone()).await.is_ok());
    assert!(scene.hub.read_link(&linked, own.start + 1..own.end - 1).await.is_ok());
    for outside in
        [own.start - 1..own.end, own.start..own.end + 1, 0..10, own.end..own.end + 1, own.start..own.start]
    {
        assert!(matches!(scene.hub.read_link(&linked, outside).await, Err(Error::Expired(_))));
    }
}

#[tokio::test]
async fn a_link_that_was_changed_or_is_old_is_not_believed() {
    let scene = scene().await;
    let (_, link) = part_of_a_xorb(&scene).await;
    let own = open(&scene.hub, &link).unwrap().ranges()[0].clone();
    let wider = link.replace(&format!("r={}-", own.start), "r=0-");
    let later = link.replace("&e=1", "&e=2");
    let another = link.replacen("x/0", "x/1", 1);
    let more = link.replace("&e=", ",0-5&e=");
    for changed in [wider, later, another, more] {
        assert_ne!(changed, link);
        assert!(matches!(open(&scene.hub, &changed), Err(Error::Expired(_))), "{changed}");
    }
    scene.hub.clock.advance(scene.hub.settings().limits.link + Duration::from_secs(1));
    assert!(matches!(open(&scene.hub, &link), Err(Error::Expired(_))));
}
