// What a store costs to values that both of two threads have read: Adam's loop over 1.46 million parameters, after both threads read the values and
// one of them wrote each gradient. Prints how far the processors are from each other, and milliseconds a pass.
//   gcc -O2 -march=native -fopenmp tests/peers/shared_stores.c -o /tmp/shared_stores -lm && OMP_PROC_BIND=true /tmp/shared_stores
#include <immintrin.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1460224, PIECE = 65536, PASSES = 10, REPEATS = 12, ROUND_TRIPS = 3000, AHEAD = 512, NETWORKS = 2, THREADS = 2 };
enum store { COMMON, PREFETCHED, PAST_CACHES, STORES };
static const char *names[STORES] = { "common", "prefetched", "past caches" };

static void adam(float *values, const float *gradients, float *means, float *squares, int start, int end, enum store store) {
    const __m256 half = _mm256_set1_ps(0.5f), kept = _mm256_set1_ps(0.999f), taken = _mm256_set1_ps(0.001f), rate = _mm256_set1_ps(1e-4f), epsilon = _mm256_set1_ps(1e-8f);
    for (int i = start; i < end; i += 8) {
        if (store == PREFETCHED && i % 16 == 0)
            __builtin_prefetch(values + i + AHEAD, 1, 3);
        const __m256 gradient = _mm256_load_ps(gradients + i);
        const __m256 mean = _mm256_mul_ps(half, _mm256_add_ps(_mm256_load_ps(means + i), gradient));
        const __m256 square = _mm256_fmadd_ps(_mm256_load_ps(squares + i), kept, _mm256_mul_ps(_mm256_mul_ps(gradient, gradient), taken));
        _mm256_store_ps(means + i, mean);
        _mm256_store_ps(squares + i, square);
        const __m256 moved = _mm256_sub_ps(_mm256_load_ps(values + i), _mm256_div_ps(_mm256_mul_ps(mean, rate), _mm256_add_ps(_mm256_sqrt_ps(square), epsilon)));
        if (store == PAST_CACHES)
            _mm256_stream_ps(values + i, moved);
        else
            _mm256_store_ps(values + i, moved);
    }
    _mm_sfence();
}

static double distance_nanoseconds(void) {
    static _Alignas(128) atomic_int ball;
    double nanoseconds = 0;
    atomic_store(&ball, 0);
    #pragma omp parallel num_threads(THREADS)
    {
        const int thread = omp_get_thread_num();
        const double start = omp_get_wtime();
        for (int turn = thread; turn < 2 * ROUND_TRIPS; turn += THREADS) {
            while (atomic_load(&ball) != turn) { }
            atomic_store(&ball, turn + 1);
        }
        if (thread == 0)
            nanoseconds = 1e9 * (omp_get_wtime() - start) / ROUND_TRIPS;
    }
    return nanoseconds;
}

static void read_by_both_and_write_gradients(const float *values, float *gradients) {
    static volatile float sink;
    #pragma omp parallel num_threads(THREADS)
    {
        float sum = 0;
        for (int i = 0; i < COUNT; i += 16)
            sum += values[i];
        sink = sum;
        (void)sink;
        for (int i = 0; i < COUNT; i++)
            if (i / 4096 % THREADS == omp_get_thread_num())
                gradients[i] = 1e-3f;
    }
}

static double pass_milliseconds(float *buffers[4], enum store store, int keeps_pieces) {
    atomic_int taken = 0;
    const double start = omp_get_wtime();
    #pragma omp parallel num_threads(THREADS)
    if (keeps_pieces) {
        const int thread = omp_get_thread_num();
        adam(buffers[0], buffers[1], buffers[2], buffers[3], thread * (COUNT / THREADS), (thread + 1) * (COUNT / THREADS), store);
    } else
        for (int piece; (piece = atomic_fetch_add(&taken, 1)) * PIECE < COUNT;)
            adam(buffers[0], buffers[1], buffers[2], buffers[3], piece * PIECE, piece * PIECE + PIECE < COUNT ? piece * PIECE + PIECE : COUNT, store);
    return 1e3 * (omp_get_wtime() - start);
}

int main(void) {
    float *buffers[NETWORKS][4];
    for (int network = 0; network < NETWORKS; network++)
        for (int buffer = 0; buffer < 4; buffer++) {
            buffers[network][buffer] = aligned_alloc(64, (COUNT + 2 * AHEAD) * sizeof(float));
            for (int i = 0; i < COUNT + 2 * AHEAD; i++)
                buffers[network][buffer][i] = 1e-3f;
        }
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        printf("%3.0f ns apart;", distance_nanoseconds());
        for (int keeps_pieces = 0; keeps_pieces < 2; keeps_pieces++)
            for (enum store store = COMMON; store < STORES; store++) {
                double sum = 0;
                for (int pass = 0; pass < PASSES * NETWORKS; pass++) {
                    float **network = buffers[pass % NETWORKS];
                    read_by_both_and_write_gradients(network[0], network[1]);
                    sum += pass_milliseconds(network, store, keeps_pieces);
                }
                printf(" %s%s %.2f", names[store], keeps_pieces ? ", own pieces" : "", sum / (PASSES * NETWORKS));
            }
        printf("\n");
    }
}
