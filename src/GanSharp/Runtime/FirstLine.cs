namespace GanSharp.Runtime;

/// <summary>What an exception says, without the native stack that libtorch appends, ready to stand inside a sentence.</summary>
internal static class FirstLine
{
    public static string Of(Exception exception) => exception.Message.Split('\n')[0].TrimEnd().TrimEnd('.');
}
