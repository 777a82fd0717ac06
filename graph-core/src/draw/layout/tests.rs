//! Properties of layouts, over random graphs.

use proptest::prelude::*;

use super::geometry::{Route, Segment};
use super::*;
use crate::graph::EdgeKind;

/// Sizes, and edges from lower to higher indices, one per pair.
fn dag(most_boxes: usize) -> impl Strategy<Value = (Vec<Size>, Vec<Edge>)> {
    let size = (40u32..200, 30u32..60)
        .prop_map(|(width, height)| Size { width: width.into(), height: height.into() });
    let sizes = prop::collection::vec(size, 1..=most_boxes);
    sizes.prop_flat_map(|sizes| {
        let boxes = sizes.len();
        let pair = (0..boxes, 0..boxes, prop::bool::weighted(0.1));
        let edges = prop::collection::vec(pair, 0..=2 * boxes).prop_map(|pairs| {
            let mut edges: Vec<Edge> = pairs
                .into_iter()
                .filter(|(a, b, _)| a != b)
                .map(|(a, b, order)| Edge {
                    from: a.min(b),
                    to: a.max(b),
                    kind: if order { EdgeKind::Order } else { EdgeKind::Data },
                })
                .collect();
            edges.sort_by_key(|edge| (edge.to, edge.from));
            edges.dedup_by_key(|edge| (edge.to, edge.from));
            edges
        });
        (Just(sizes), edges)
    })
}

/// Lays out in the direction that suits the graph.
fn lay_out(sizes: &[Size], edges: &[Edge]) -> Layout {
    lay_out_towards(sizes, edges, Direction::Automatic)
}

fn lay_out_towards(sizes: &[Size], edges: &[Edge], direction: Direction) -> Layout {
    super::lay_out(sizes, edges, direction, &vec![false; edges.len()])
}

const DIRECTIONS: [Direction; 5] = [
    Direction::Automatic,
    Direction::TopToBottom,
    Direction::LeftToRight,
    Direction::BottomToTop,
    Direction::RightToLeft,
];

/// Points along a route, at most about two pixels apart.
fn samples(route: &Route) -> Vec<Point> {
    let mut points = vec![route.start];
    let mut start = route.start;
    for segment in &route.segments {
        let (first, second, end) = match *segment {
            Segment::Line(end) => (start, end, end),
            Segment::Cubic(first, second, end) => (first, second, end),
        };
        let steps = ((end.x - start.x).abs() + (end.y - start.y).abs()).ceil().max(1.0) as usize;
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            let s = 1.0 - t;
            let mix = |a: f64, b: f64, c: f64, d: f64| {
                s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
            };
            points.push(Point {
                x: mix(start.x, first.x, second.x, end.x),
                y: mix(start.y, first.y, second.y, end.y),
            });
        }
        start = end;
    }
    points
}

fn is_inside(rect: &Rect, point: Point) -> bool {
    const SLACK: f64 = 1e-6;
    point.x > rect.left + SLACK
        && point.x < rect.right - SLACK
        && point.y > rect.top + SLACK
        && point.y < rect.bottom - SLACK
}

fn check_boxes_are_apart(layout: &Layout) {
    for (a, first) in layout.boxes.iter().enumerate() {
        for (b, second) in layout.boxes.iter().enumerate().skip(a + 1) {
            let apart = first.right < second.left
                || second.right < first.left
                || first.bottom < second.top
                || second.bottom < first.top;
            assert!(apart, "boxes {a} and {b} overlap: {first:?} {second:?}");
        }
    }
}

fn check_edges_avoid_boxes(layout: &Layout, edges: &[Edge]) {
    for (edge, route) in edges.iter().zip(&layout.routes) {
        for point in samples(route) {
            for (index, rect) in layout.boxes.iter().enumerate() {
                // Not even their own ends: an edge goes from border to border.
                assert!(!is_inside(rect, point), "{edge:?} passes over box {index} at {point:?}");
            }
        }
    }
}

fn check_edges_join_their_ends(layout: &Layout, edges: &[Edge]) {
    for (index, (edge, route)) in edges.iter().zip(&layout.routes).enumerate() {
        let source = layout.boxes[edge.from];
        let on_border = [
            Point { x: source.centre().x, y: source.bottom },
            Point { x: source.centre().x, y: source.top },
            Point { x: source.left, y: source.centre().y },
            Point { x: source.right, y: source.centre().y },
        ];
        let near = |a: Point, b: Point| (a.x - b.x).hypot(a.y - b.y) < 1e-6;
        let on_bundle = || {
            edges[..index].iter().zip(&layout.routes).any(|(other, bundle)| {
                (other.from, other.kind) == (edge.from, edge.kind)
                    && samples(bundle).windows(2).any(|pair| {
                        let [a, b] = [pair[0], pair[1]];
                        let length = (b.x - a.x).hypot(b.y - a.y);
                        let detour = (route.start.x - a.x).hypot(route.start.y - a.y)
                            + (b.x - route.start.x).hypot(b.y - route.start.y);
                        detour - length < 1e-6
                    })
            })
        };
        assert!(
            on_border.iter().any(|&point| near(point, route.start)) || on_bundle(),
            "{edge:?} starts nowhere"
        );
        let target = layout.boxes[edge.to];
        let Some(Segment::Line(end)) = route.segments.last() else {
            panic!("{edge:?} has no straight end")
        };
        let on_target = [
            Point { x: target.centre().x, y: target.top },
            Point { x: target.centre().x, y: target.bottom },
            Point { x: target.left, y: target.centre().y },
            Point { x: target.right, y: target.centre().y },
        ];
        assert!(on_target.iter().any(|&point| near(point, *end)), "{edge:?} ends nowhere");
    }
}

/// Returns how far a point is in the `direction`.
fn progress(direction: Direction, point: Point) -> f64 {
    match direction {
        Direction::Automatic | Direction::TopToBottom => point.y,
        Direction::LeftToRight => point.x,
        Direction::BottomToTop => -point.y,
        Direction::RightToLeft => -point.x,
    }
}

fn check_edges_go_towards(direction: Direction, layout: &Layout, edges: &[Edge]) {
    let reach = |index: usize| {
        let Rect { left, top, right, bottom } = layout.boxes[index];
        let corners = [Point { x: left, y: top }, Point { x: right, y: bottom }];
        let [a, b] = corners.map(|corner| progress(direction, corner));
        (a.min(b), a.max(b))
    };
    for (edge, route) in edges.iter().zip(&layout.routes) {
        assert!(reach(edge.from).1 < reach(edge.to).0, "{edge:?} goes against {direction:?}");
        for pair in samples(route).windows(2) {
            let [before, after] = [pair[0], pair[1]].map(|point| progress(direction, point));
            assert!(after >= before - 1e-9, "{edge:?} turns back from {direction:?}");
        }
    }
}

fn check_size_holds_all(layout: &Layout) {
    let Size { width, height } = layout.size;
    for rect in &layout.boxes {
        assert!(rect.left >= -1e-6 && rect.right <= width + 1e-6, "{rect:?} in {:?}", layout.size);
        assert!(rect.top >= -1e-6 && rect.bottom <= height + 1e-6, "{rect:?} in {:?}", layout.size);
    }
    for point in layout.routes.iter().flat_map(Route::points) {
        assert!(point.x >= -1e-6 && point.x <= width + 1e-6, "{point:?} in {:?}", layout.size);
    }
}

fn check(layout: &Layout, edges: &[Edge]) {
    check_boxes_are_apart(layout);
    check_edges_avoid_boxes(layout, edges);
    check_edges_join_their_ends(layout, edges);
    check_size_holds_all(layout);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn boxes_are_apart_and_edges_avoid_them((sizes, edges) in dag(40)) {
        for direction in DIRECTIONS {
            check(&lay_out_towards(&sizes, &edges, direction), &edges);
        }
    }

    #[test]
    fn edges_go_in_the_direction_unless_all_are_chains((sizes, edges) in dag(40)) {
        let components = components::split(sizes.len(), &edges);
        let chains = chains::find(&components, sizes.len(), &edges).is_some();
        for direction in DIRECTIONS {
            if !chains || direction != Direction::Automatic {
                let layout = lay_out_towards(&sizes, &edges, direction);
                check_edges_go_towards(direction, &layout, &edges);
            }
        }
    }

    #[test]
    fn an_unbundled_route_goes_from_box_to_box((sizes, edges) in dag(30)) {
        let layout = super::lay_out(&sizes, &edges, Direction::TopToBottom, &vec![true; edges.len()]);
        for (edge, route) in edges.iter().zip(&layout.routes) {
            let source = layout.boxes[edge.from];
            prop_assert!((route.start.x - source.centre().x).abs() < 1e-6);
            prop_assert!((route.start.y - source.bottom).abs() < 1e-6);
        }
        check(&layout, &edges);
    }

    #[test]
    fn the_same_graph_has_the_same_layout((sizes, edges) in dag(40)) {
        prop_assert_eq!(lay_out(&sizes, &edges), lay_out(&sizes, &edges));
    }

    #[test]
    fn layers_follow_the_edges((sizes, edges) in dag(60)) {
        let layer_of = layers::assign(sizes.len(), &edges);
        for edge in &edges {
            prop_assert!(layer_of[edge.from] < layer_of[edge.to]);
        }
    }

    #[test]
    fn chains_have_the_same_properties(lengths in prop::collection::vec(1usize..40, 1..12)) {
        let mut edges = Vec::new();
        let mut boxes = 0;
        for length in lengths {
            edges.extend((boxes + 1..boxes + length).map(|node| Edge::data(node - 1, node)));
            boxes += length;
        }
        let sizes: Vec<Size> = (0..boxes)
            .map(|node| Size { width: 60.0 + (node % 7 * 10) as f64, height: 30.0 })
            .collect();
        check(&lay_out(&sizes, &edges), &edges);
    }
}

const BOX: Size = Size { width: 70.0, height: 32.0 };

#[test]
fn no_box_makes_an_empty_layout() {
    assert_eq!(lay_out(&[], &[]), Layout::default());
}

// every box depends on all before it: the most edges and layers that 300 boxes can have
#[test]
fn a_complete_graph_of_300_boxes_is_laid_out() {
    let edges: Vec<Edge> =
        (0..300).flat_map(|to| (0..to).map(move |from| Edge::data(from, to))).collect();
    let layout = lay_out(&[BOX; 300], &edges);
    check_boxes_are_apart(&layout);
    check_edges_go_towards(Direction::TopToBottom, &layout, &edges);
}

#[test]
fn ten_thousand_boxes_are_laid_out() {
    let mut state = 7u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % bound
    };
    let mut edges = Vec::new();
    for to in 1..10_000 {
        let mut from: Vec<usize> = (0..2).map(|_| to - 1 - below(to.min(300))).collect();
        from.sort_unstable();
        from.dedup();
        edges.extend(from.into_iter().map(|from| Edge::data(from, to)));
    }
    let layout = lay_out(&[BOX; 10_000], &edges);
    check_edges_join_their_ends(&layout, &[]);
    check_size_holds_all(&layout);
}

#[test]
fn a_long_chain_with_a_side_branch_needs_no_deep_stack() {
    let mut edges: Vec<Edge> = (1..5_000).map(|node| Edge::data(node - 1, node)).collect();
    edges.push(Edge::data(0, 5_000));
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let layout = thread.spawn(move || lay_out(&[BOX; 5_001], &edges)).unwrap().join().unwrap();
    assert_eq!(layout.boxes.len(), 5_001);
}
