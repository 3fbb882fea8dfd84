// The floor under the compiled search: the same truncated reverse Dijkstra, as plain C++, over the same arrays.
//
// Keys and arcs are packed as in routing/search.py: time << 32 | node in a 4-ary heap, weight << 32 | tail by arc.
// Nothing is looked for but nodes that carry units; there are no partial edges and no paths.

#include <cstddef>
#include <cstdint>

namespace {

constexpr std::uint32_t kClosed = 0x7FFFFFFFu;

inline std::size_t push(std::uint64_t* heap, std::size_t size, std::uint64_t key) {
    std::size_t hole = size;
    while (hole > 0) {
        const std::size_t parent = (hole - 1) >> 2;
        if (heap[parent] <= key) break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = key;
    return size + 1;
}

inline void sink(std::uint64_t* heap, std::size_t size) {
    const std::uint64_t key = heap[size];
    std::size_t hole = 0;
    for (;;) {
        std::size_t child = (hole << 2) + 1;
        if (child >= size) break;
        const std::size_t end = child + 4 < size ? child + 4 : size;
        std::size_t least = child;
        std::uint64_t least_key = heap[child];
        for (++child; child < end; ++child) {
            if (heap[child] < least_key) {
                least = child;
                least_key = heap[child];
            }
        }
        if (least_key >= key) break;
        heap[hole] = least_key;
        hole = least;
    }
    heap[hole] = key;
}

}  // namespace

// Settles nodes until `best` units are met, writes the time of each in `found`, and returns how many nodes it settled.
// `dist` must be all closed and is left so. `seen` holds every node once, `heap` every arc once.
extern "C" std::uint64_t floor_search(const std::uint32_t* first_in, const std::uint64_t* inbound,
                                      const std::uint8_t* units, std::uint32_t alarm, std::uint64_t best,
                                      std::uint32_t* dist, std::uint64_t* heap, std::uint32_t* seen,
                                      std::uint32_t* found) {
    std::size_t size = push(heap, 0, alarm);
    std::size_t touched = 0;
    std::uint64_t settled = 0, met = 0;
    dist[alarm] = 0;
    seen[touched++] = alarm;
    while (size > 0 && met < best) {
        const std::uint64_t top = heap[0];
        if (--size > 0) sink(heap, size);
        const std::uint32_t node = static_cast<std::uint32_t>(top);
        const std::uint32_t time = static_cast<std::uint32_t>(top >> 32);
        if (time != dist[node]) continue;
        ++settled;
        for (std::uint8_t here = units[node]; here > 0 && met < best; --here) found[met++] = time;
        for (std::uint32_t arc = first_in[node]; arc < first_in[node + 1]; ++arc) {
            const std::uint64_t packed = inbound[arc];
            const std::uint32_t next = static_cast<std::uint32_t>(packed);
            const std::uint32_t reached = time + static_cast<std::uint32_t>(packed >> 32);
            const std::uint32_t before = dist[next];
            if (reached < before) {
                if (before == kClosed) seen[touched++] = next;
                dist[next] = reached;
                size = push(heap, size, (static_cast<std::uint64_t>(reached) << 32) | next);
            }
        }
    }
    for (std::size_t i = 0; i < touched; ++i) dist[seen[i]] = kClosed;
    return settled;
}
