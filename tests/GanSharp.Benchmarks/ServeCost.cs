using System.Diagnostics;
using System.Net;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Onnx;
using GanSharp.Samples.Serve;

namespace GanSharp.Benchmarks;

/// <summary>What samples/Serve takes for a picture of 64 garments, and whether it answers many who ask at once.</summary>
internal static class ServeCost
{
    private const int Samples = 64, Sequential = 200, WarmUp = 20;

    public static async Task Print(int parallel, int width, int threads)
    {
        var folder = Directory.CreateTempSubdirectory("gansharp-serve-");
        try
        {
            var path = Path.Combine(folder.FullName, "generator.onnx");
            using (var network = new DcganGenerator(new ImageShape(1, 28, 28), width: width))
                network.ExportOnnx(path);
            using var generator = new OnnxGenerator(path, threads);
            await using var service = SampleService.Create(generator, "http://127.0.0.1:0");
            await service.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()), Timeout = TimeSpan.FromMinutes(5) };
            var alone = new List<double>();
            for (var request = -WarmUp; request < Sequential; request++)
            {
                var start = Stopwatch.GetTimestamp();
                await client.GetByteArrayAsync($"/samples?count={Samples}&seed={request}");
                if (request >= 0)
                    alone.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            alone.Sort();
            var began = Stopwatch.GetTimestamp();
            var answers = await Task.WhenAll(Enumerable.Range(0, parallel).Select(async seed =>
            {
                using var answer = await client.GetAsync($"/samples?count={Samples}&seed={seed}");
                return answer.StatusCode;
            }));
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine($"DCGAN of width {width}, {Samples} samples of 28 × 28 as a PNG, {threads} thread(s) a request, {Environment.ProcessorCount} processors:");
            Console.WriteLine($"one request at a time: median {alone[Sequential / 2]:f1} ms, 99% below {alone[Sequential * 99 / 100]:f1} ms");
            Console.WriteLine($"{parallel:N0} requests at once: {answers.Count(status => status != HttpStatusCode.OK)} errors, {parallel / seconds:f0} a second");
            await service.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
