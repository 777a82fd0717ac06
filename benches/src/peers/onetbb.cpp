// Measures one row of oneTBB's flow graph; `process.rs` says what a program is called with and
// what it prints.
//
// A node is a `continue_node`, the kind meant for graphs of dependencies: an edge carries only the
// news that a task has ended. Results go through an array, the fastest way there is to carry them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

namespace {

namespace flow = tbb::flow;
using Clock = std::chrono::steady_clock;

// How long one row goes on repeating.
constexpr std::chrono::seconds repeating{5};
// Small graphs are repeated for so long at least.
constexpr std::chrono::milliseconds warm{100};

double nanoseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::nano>(duration).count();
}

std::uint64_t step(std::uint64_t a, std::uint64_t number) { return 3 * a + number; }

// A graph, its nodes and their results. `Policy` is `flow::queueing`, the standard, or
// `flow::lightweight`, under which a node may run on the spot as part of the one before it.
template <class Policy>
class Nodes {
public:
    // A result that is not there yet: the number of its node.
    using Handle = std::size_t;

    explicit Nodes(std::size_t tasks) : results(new std::uint64_t[tasks]) {}

    Handle leaf(std::uint64_t number) {
        const Handle added = add_node([=] { return number; });
        sources.push_back(added);
        return added;
    }

    Handle step(Handle a, std::uint64_t number) {
        const auto* values = results.get();
        const Handle added = add_node([=] { return ::step(values[a], number); });
        connect(a, added);
        return added;
    }

    Handle add(Handle a, Handle b) {
        const auto* values = results.get();
        const Handle added = add_node([=] { return values[a] + values[b]; });
        connect(a, added);
        connect(b, added);
        return added;
    }

    Handle sum(const std::vector<Handle>& all) {
        // The summands are the first nodes, so nothing need be kept to find them.
        const auto* values = results.get();
        const std::size_t count = all.size();
        const Handle added = add_node([=] {
            std::uint64_t sum = 0;
            for (std::size_t n = 0; n < count; ++n) sum += values[n];
            return sum;
        });
        for (Handle summand : all) connect(summand, added);
        return added;
    }

    std::uint64_t run(Handle last) {
        for (Handle source : sources) nodes[source].try_put(flow::continue_msg());
        graph.wait_for_all();
        return results[last];
    }

private:
    using Node = flow::continue_node<flow::continue_msg, Policy>;

    flow::graph graph;
    std::unique_ptr<std::uint64_t[]> results;
    std::deque<Node> nodes;
    std::vector<Handle> sources;

    template <class Function>
    Handle add_node(Function function) {
        const Handle added = nodes.size();
        auto* result = &results[added];
        nodes.emplace_back(graph, [=](const flow::continue_msg&) { *result = function(); });
        return added;
    }

    void connect(Handle before, Handle after) { flow::make_edge(nodes[before], nodes[after]); }
};

std::size_t side_of(std::size_t tasks) {
    std::size_t side = 1;
    while ((side + 1) * (side + 1) <= tasks) ++side;
    return side;
}

// The shapes of `shapes.rs`, node by node in the same order.
template <class Policy>
std::size_t build(Nodes<Policy>& nodes, const std::string& shape, std::size_t tasks) {
    if (shape == "independent") {
        std::vector<std::size_t> leaves;
        leaves.reserve(tasks - 1);
        for (std::size_t number = 1; number < tasks; ++number) {
            leaves.push_back(nodes.leaf(number));
        }
        return nodes.sum(leaves);
    }
    if (shape == "chain") {
        std::size_t last = nodes.leaf(1);
        for (std::size_t number = 1; number < tasks; ++number) last = nodes.step(last, number);
        return last;
    }
    if (shape == "tree") {
        std::vector<std::size_t> level;
        level.reserve(tasks / 2);
        for (std::size_t number = 1; number <= tasks / 2; ++number) {
            level.push_back(nodes.leaf(number));
        }
        while (level.size() > 1) {
            const std::size_t pairs = level.size() / 2;
            const bool odd = level.size() % 2 == 1;
            for (std::size_t n = 0; n < pairs; ++n) {
                level[n] = nodes.add(level[2 * n], level[2 * n + 1]);
            }
            if (odd) level[pairs] = level.back();
            level.resize(pairs + odd);
        }
        return level.front();
    }
    const std::size_t side = side_of(tasks);
    std::vector<std::size_t> row(side);
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            row[x] = x == 0 && y == 0 ? nodes.leaf(1)
                     : y == 0         ? nodes.step(row[x - 1], x)
                     : x == 0         ? nodes.step(row[x], y)
                                      : nodes.add(row[x - 1], row[x]);
        }
    }
    return row.back();
}

std::size_t tasks_of(const std::string& shape, std::size_t tasks) {
    if (shape == "tree") return tasks / 2 * 2 - 1;
    if (shape == "wavefront") return side_of(tasks) * side_of(tasks);
    return tasks;
}

struct Round {
    std::uint64_t result;
    double build, run, drop;
};

template <class Policy>
Round round(const std::string& shape, std::size_t tasks) {
    const auto started = Clock::now();
    auto nodes = std::make_unique<Nodes<Policy>>(tasks);
    const std::size_t last = build(*nodes, shape, tasks);
    const auto built = Clock::now();
    const std::uint64_t result = nodes->run(last);
    const auto ran = Clock::now();
    nodes.reset();
    const auto dropped = Clock::now();
    return {result, nanoseconds(built - started), nanoseconds(ran - built),
            nanoseconds(dropped - ran)};
}

// The faster policy. Lightweight nodes were faster on every shape but the chain, which they run
// recursively: a million of them overflow the stack.
Round round_of(const std::string& shape, std::size_t tasks) {
    return shape == "chain" ? round<flow::queueing>(shape, tasks)
                            : round<flow::lightweight>(shape, tasks);
}

double status_bytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(field, 0) == 0) return 1024 * std::stod(line.substr(field.size()));
    }
    return 0;
}

double median(std::vector<double> numbers) {
    std::sort(numbers.begin(), numbers.end());
    return (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
}

double median_per_task(const std::vector<Round>& rounds, double Round::* part, std::size_t tasks) {
    std::vector<double> times;
    for (const Round& round : rounds) times.push_back(round.*part);
    return median(times) / tasks;
}

}  // namespace

int main(int count, char** arguments) {
    std::string shape;
    std::size_t size = 0, threads = 0, repeat = 0;
    for (int n = 1; n + 1 < count; n += 2) {
        const std::string option = arguments[n], value = arguments[n + 1];
        if (option == "--shape") shape = value;
        if (option == "--tasks") size = std::stoul(value);
        if (option == "--threads") threads = std::stoul(value);
        if (option == "--repeat") repeat = std::stoul(value);
    }
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    // Starts the threads.
    tbb::parallel_for(0, 100000, [](int) {});

    const std::size_t tasks = tasks_of(shape, size);
    const double before = status_bytes("VmRSS:");
    const auto started = Clock::now();
    const Round first = round_of(shape, size);
    const double grown = std::max(0.0, status_bytes("VmHWM:") - before);
    std::vector<Round> rounds;
    const auto may_go_on = [&] {
        const auto elapsed = Clock::now() - started;
        return elapsed < warm || (rounds.size() < repeat && elapsed < repeating);
    };
    while (may_go_on()) {
        rounds.push_back(round_of(shape, size));
        if (rounds.back().result != first.result) {
            std::cerr << "two rounds differ\n";
            return 1;
        }
    }
    if (rounds.empty()) rounds.push_back(first);

    std::cout << std::fixed << std::setprecision(1)
              << "{\"tasks\":" << tasks << ",\"result\":" << first.result
              << ",\"build_ns\":" << median_per_task(rounds, &Round::build, tasks)
              << ",\"run_ns\":" << median_per_task(rounds, &Round::run, tasks)
              << ",\"drop_ns\":" << median_per_task(rounds, &Round::drop, tasks)
              << ",\"bytes_per_task\":" << grown / tasks << ",\"rounds\":" << rounds.size()
              << "}\n";
}
