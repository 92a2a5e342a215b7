namespace GanSharp.Runtime;

/// <summary>An exception's message without the native stack that libtorch appends, in a form that fits inside a sentence.</summary>
internal static class FirstLine
{
    public static string Of(Exception exception) => exception.Message.Split('\n')[0].TrimEnd().TrimEnd('.');
}
