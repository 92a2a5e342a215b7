using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net;
using System.Net.Sockets;
using GanSharp.Samples.Serve;
using Microsoft.Extensions.Hosting;

var model = new Argument<FileInfo>("model") { Description = "ONNX file of a generator, such as output/fashion-mnist/generator.onnx." };
model.AcceptExistingOnly();
var port = new Option<int>("--port") { Description = "Port on this machine; 0 for a free one.", DefaultValueFactory = _ => 5080 };
var threads = new Option<int>("--threads") { Description = "Processors for one request. With 1, requests share the processors best.", DefaultValueFactory = _ => 1 };

var command = new RootCommand("Serves samples of an exported generator as PNG or JSON, without TorchSharp.") { model, port, threads };
command.SetAction(async (options, cancellation) =>
{
    try
    {
        if (options.GetValue(port) is var chosen && chosen is < 0 or > IPEndPoint.MaxPort)
            throw new ArgumentException($"--port must be 0 to {IPEndPoint.MaxPort} but is {chosen}.");
        if (options.GetValue(threads) < 1)
            throw new ArgumentException($"--threads must be at least 1 but is {options.GetValue(threads)}.");
        using var generator = new OnnxGenerator(options.GetRequiredValue(model).FullName, options.GetValue(threads));
        await using var service = SampleService.Create(generator, $"http://127.0.0.1:{options.GetValue(port)}");
        await service.StartAsync(cancellation);
        Console.WriteLine($"{generator.Name} on {service.Urls.First()} (Ctrl-C ends it).");
        await service.WaitForShutdownAsync(cancellation);
        return 0;
    }
    catch (Exception exception) when (exception is ArgumentException or IOException)
    {
        Console.Error.WriteLine($"Error: {exception.Message}");
        return 1;
    }
    // Where the port isn't in use but can't be had all the same, as 80 by an ordinary user.
    catch (SocketException exception)
    {
        Console.Error.WriteLine($"Error: --port {options.GetValue(port)} can't be listened on: {exception.Message}.");
        return 1;
    }
});
var parsed = command.Parse(args);
// The list of all options is for --help: a mistake gets a line.
if (parsed.Action is ParseErrorAction mistake)
    mistake.ShowHelp = false;
return await parsed.InvokeAsync();
