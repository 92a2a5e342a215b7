using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>Two network namespaces that see each other through one cable: two machines, as far as a network is concerned.</summary>
internal sealed class TwoHosts : IDisposable
{
    /// <summary>The hosts' addresses.</summary>
    public const string First = "10.213.7.1", Second = "10.213.7.2";

    private const string Prefix = "gansharp-";
    private readonly TemporaryFolder folder = new();
    private readonly string name = $"{Prefix}{Environment.ProcessId}";

    public TwoHosts()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !Mpirun.IsInstalled("ip"))
            Assert.Skip("Only root of a Linux with iproute2 can make network namespaces.");
        RemoveLeftovers();
        if (!Try($"netns add {name}-a"))
            Assert.Skip("This system lets nobody make network namespaces.");
        try
        {
            Ip($"netns add {name}-b");
            Ip($"link add veth-a netns {name}-a type veth peer name veth-b netns {name}-b");
            foreach (var (host, address) in new[] { ("a", First), ("b", Second) })
            {
                Ip($"-n {name}-{host} addr add {address}/30 dev veth-{host}");
                Ip($"-n {name}-{host} link set lo up");
                Ip($"-n {name}-{host} link set veth-{host} up");
            }
            // The kernel says so a little after both ends are up; an MPI that starts before doesn't see the cable.
            foreach (var host in new[] { "a", "b" })
                if (!SpinWait.SpinUntil(() => Read($"{name}-{host}", $"veth-{host}/operstate").Trim() == "up", TimeSpan.FromSeconds(10)))
                    throw new InvalidOperationException($"veth-{host} isn't up after 10 s.");
            // In place of ssh: the host's name, then a command for its shell; options before it are ssh's.
            File.WriteAllText(Agent, $"""
                #!/bin/sh
                while [ "$1" != "$(echo "$1" | sed s/^-//)" ]; do shift; done
                case $1 in {First}) host={name}-a;; *) host={name}-b;; esac
                shift
                exec ip netns exec $host sh -c "$*"

                """.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Agent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            File.WriteAllText(HostFile, $"{First}:1\n{Second}:1\n");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Starts a command on a host, as ssh does.</summary>
    public string Agent => folder.File("agent");

    /// <summary>Both, with a place for one rank each, as Hydra reads it.</summary>
    public string HostFile => folder.File("hosts");

    /// <summary>Starts a command on the first host.</summary>
    public IReadOnlyList<string> OnFirst => ["ip", "netns", "exec", $"{name}-a"];

    /// <summary>Bytes that came to the second host.</summary>
    public long BytesReceived() => long.Parse(Read($"{name}-b", "veth-b/statistics/rx_bytes"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Try($"netns delete {name}-a");
        Try($"netns delete {name}-b");
        folder.Dispose();
    }

    /// <summary>Those of test processes that were killed.</summary>
    private static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (var old in Directory.EnumerateFileSystemEntries("/run/netns", $"{Prefix}*").Select(Path.GetFileName))
            if (!Directory.Exists($"/proc/{old!.Split('-')[1]}"))
                Try($"netns delete {old}");
    }

    private static string Read(string host, string file)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", host, "cat", $"/sys/class/net/{file}"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }

    private static void Ip(string arguments)
    {
        if (!Try(arguments))
            throw new InvalidOperationException($"ip {arguments} failed.");
    }

    private static bool Try(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
